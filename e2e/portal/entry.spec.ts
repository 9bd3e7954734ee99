import { expect, type Page, test } from "@playwright/test";
import { openRegistryTools } from "../clients/registry-tools.ts";
import { realImage } from "../images/index.ts";
import { sharedLayerport } from "../stack.ts";
import { expectAccessible } from "./accessible.ts";
import { administrator, signIn } from "./people.ts";

const layerport = sharedLayerport();
test.use({ baseURL: layerport.url });
test.describe.configure({ mode: "serial" });

/** What a visitor's console says against a page. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

test.describe("the set-up of a fresh Layerport", () => {
  test("is where every way in leads", async ({ page }) => {
    for (const path of ["/", "/login"]) {
      await page.goto(path);
      await expect(page).toHaveURL("/setup");
    }
    await expect(page.getByRole("listitem").filter({ hasText: "Setup token" })).toHaveAttribute("aria-current", "step");
    await expectAccessible(page);
  });

  test("goes no further with a wrong token", async ({ page }) => {
    await page.goto("/setup");
    await page.getByLabel("Setup token").fill("not-the-token");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("This is not the token that Layerport printed")).toBeVisible();
    await expect(page.getByLabel("User name")).toBeHidden();
    await expectAccessible(page);
  });

  test("takes an administrator, a first push that shows by itself, and is gone after Finish", async ({ page }) => {
    test.setTimeout(180_000);
    const complaints = complaintsOf(page);
    await page.goto(layerport.setupUrl ?? "");
    await page.getByLabel("User name").fill("Mia!");
    await page.getByLabel("E-mail").fill("mia@example.test");
    await page.getByLabel("Password").fill(administrator.password);
    await expectAccessible(page);

    // A form that is refused says why at the field, and keeps what was entered but the password.
    await page.getByRole("button", { name: "Create administrator" }).click();
    const name = page.getByLabel("User name");
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveValue("Mia!");
    await expect(name).toHaveAccessibleDescription(/lower-case letters and digits/);
    await expect(page.getByLabel("E-mail")).toHaveValue("mia@example.test");
    await expect(page.getByLabel("Password")).toHaveValue("");
    await expectAccessible(page);

    await name.fill(administrator.username);
    // Long enough for the browser, and the first guess of anybody.
    await page.getByLabel("Password").fill("password1234");
    await page.getByRole("button", { name: "Create administrator" }).click();
    await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");

    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Create administrator" }).click();
    await expect(page.getByText("Listening for your first push")).toBeVisible();
    await expect(page.getByText(`docker login -u ${administrator.username} ${layerport.host}`)).toBeVisible();
    await expectAccessible(page);

    const { reference, digest } = await realImage("multi-arch");
    const tools = await openRegistryTools({ registries: [layerport.host] });
    try {
      expect((await tools.login(layerport.host, administrator)).exitCode).toBe(0);
      const pushed = `docker://${layerport.host}/${administrator.username}/hello:1.0.0`;
      await tools.must("skopeo", ["copy", "--all", "--preserve-digests", reference, pushed]);
    } finally {
      await tools.close();
    }
    const card = page.getByRole("status").filter({ hasText: "pushed by" });
    await expect(card.getByRole("link", { name: `${administrator.username}/hello:1.0.0` })).toBeVisible();
    await expect(card).toContainText(digest.slice(0, 19));
    await expectAccessible(page);

    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("link", { name: `${administrator.username}/hello`, exact: true })).toBeVisible();
    expect(complaints).toEqual([]);
    for (const path of ["/setup", layerport.setupUrl ?? ""]) {
      expect((await page.goto(path))?.status()).toBe(404);
    }
  });
});

test.describe("signing in", () => {
  test("with a wrong password says so and keeps the name", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("Name or e-mail").fill(administrator.username);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "name or the password" })).toHaveText(
      "The name or the password is wrong.",
    );
    await expect(page.getByLabel("Name or e-mail")).toHaveValue(administrator.username);
    await expectAccessible(page);
  });

  test("says the same of a person that there is and of one that there is not", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("Name or e-mail").fill("nobody-of-this-name");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("The name or the password is wrong.")).toBeVisible();
  });

  test("by e-mail leads back to the page that was wanted", async ({ page }) => {
    await page.goto("/settings/tokens");
    await expect(page).toHaveURL("/login?callbackUrl=%2Fsettings%2Ftokens");
    await page.getByLabel("Name or e-mail").fill("mia@example.test");
    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/settings/tokens");
  });

  for (const away of ["//evil.test", "/\\evil.test", "https:evil.test", "javascript:alert(1)"]) {
    test(`never leads away from here, to ${away} (T53 B62)`, async ({ page }) => {
      await page.goto(`/login?callbackUrl=${encodeURIComponent(away)}`);
      await page.getByLabel("Name or e-mail").fill(administrator.username);
      await page.getByLabel("Password").fill(administrator.password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL("/");
    });
  }

  test("out ends the session for every copy of its cookie", async ({ page, playwright }) => {
    await signIn(page, layerport.url, administrator);
    const copied = await playwright.request.newContext({
      baseURL: layerport.url,
      storageState: await page.context().storageState(),
    });
    expect((await copied.get("/settings/tokens", { maxRedirects: 0 })).status()).toBe(200);
    await page.getByRole("button", { name: "Account of mia" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/login");
    expect((await copied.get("/settings/tokens", { maxRedirects: 0 })).headers().location).toContain("/login");
    await copied.dispose();
    await page.goto("/");
    await expect(page).toHaveURL("/explore");
  });
});

test.describe("an access token", () => {
  test.beforeEach(({ page }) => signIn(page, layerport.url, administrator));

  test("is shown once, logs a client in, and is revoked and restored with one click each", async ({ page }) => {
    test.setTimeout(120_000);
    await page.goto("/settings/tokens");
    await page.getByLabel("Name", { exact: true }).fill("ci of acme/api");
    await page.getByRole("checkbox", { name: /^Push/ }).check();
    await page.getByRole("button", { name: "Create token" }).click();
    const shown = page.getByRole("region", { name: "Your new token" });
    const secret = /lp_pat_[0-9A-Za-z]{36}/.exec((await shown.textContent()) ?? "")?.[0] ?? "";
    expect(secret).toMatch(/^lp_pat_/);
    await shown.getByRole("button", { name: "Done" }).click();
    await expect(shown.getByLabel("I stored it"), "the browser asks for it").toBeFocused();
    await expect(shown).toBeVisible();
    await shown.getByText("Kubernetes secret").click();
    await expect(shown.getByText("kubernetes.io/dockerconfigjson")).toBeVisible();
    await expectAccessible(page);

    const tools = await openRegistryTools({ registries: [layerport.host] });
    try {
      const login = () => tools.login(layerport.host, { username: administrator.username, password: secret });
      expect((await login()).exitCode).toBe(0);

      await shown.getByLabel("I stored it").check();
      await shown.getByRole("button", { name: "Done" }).click();
      await expect(shown).toBeHidden();
      expect(await page.content()).not.toContain(secret);
      const row = page.getByRole("row").filter({ hasText: "ci of acme/api" });
      await expect(row).toContainText("pull, push");
      await expectAccessible(page);

      await row.getByRole("button", { name: "Revoke ci of acme/api" }).click();
      await expect(row).toBeHidden();
      expect((await login()).exitCode).not.toBe(0);
      await page.getByRole("button", { name: "Undo" }).click();
      await expect(row).toBeVisible();
      expect((await login()).exitCode).toBe(0);
    } finally {
      await tools.close();
    }
  });

  test("with a pattern that is none is refused at its field", async ({ page }) => {
    await page.goto("/settings/tokens");
    await page.getByLabel("Name", { exact: true }).fill("laptop");
    await page.getByLabel("Repositories", { exact: true }).fill("acme/[a-z]");
    await page.getByRole("button", { name: "Create token" }).click();
    await expect(page.getByLabel("Repositories", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("laptop");
  });

  test("is not made by a form of another site (T40 B61)", async ({ page }) => {
    await page.goto("/settings/tokens");
    const before = await page.getByRole("row").count();
    for (const headers of [
      { origin: "http://evil.test" },
      { origin: "null" },
      { origin: layerport.url, "sec-fetch-site": "cross-site" },
    ]) {
      const answer = await page.request.post("/settings/tokens", {
        headers,
        multipart: { name: "stolen", pull: "on", delete: "on", patterns: "**", days: "365" },
      });
      expect(answer.status()).toBe(403);
    }
    await page.reload();
    expect(await page.getByRole("row").count()).toBe(before);
  });
});

test.describe("an organization", () => {
  test.beforeEach(({ page }) => signIn(page, layerport.url, administrator));

  test("is made, belongs to who made it, and says how to push to it", async ({ page }) => {
    await page.goto("/organizations/new");
    await expectAccessible(page);
    await page.getByLabel("Name", { exact: true }).fill("acme");
    await page.getByLabel("Display name").fill("Acme Ltd.");
    await expect(page.getByText(`Images will be ${layerport.host}/acme/my-app.`)).toBeVisible();
    await page.getByRole("button", { name: "Create organization" }).click();
    await expect(page).toHaveURL("/o/acme");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme Ltd.");
    await expect(page.getByText("you are owner")).toBeVisible();
    await expect(page.getByText(`docker push ${layerport.host}/acme/my-app:latest`)).toBeVisible();
    await expectAccessible(page);
  });

  test("of a name that is taken is refused at its field", async ({ page }) => {
    await page.goto("/organizations/new");
    await page.getByLabel("Name", { exact: true }).fill(administrator.username);
    await page.getByRole("button", { name: "Create organization" }).click();
    await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  });
});
