import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, type Response } from "@playwright/test";
import { test } from "./furnished.ts";
import { administrator } from "./people.ts";

/** What a page answers but for what differs at each request. */
async function plainAnswer(response: Response | null): Promise<string> {
  const body = (await response?.text()) ?? "";
  return `${response?.status()} ${body.replaceAll(/<script[\s\S]*?<\/script>/g, "").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|nonce="[^"]*"/g, "")}`;
}

/** Presses Tab until `name` has the focus; each stop on the way must show where it is. */
async function tabTo(page: Page, role: "link" | "button", name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name }).first();
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth);
      });
      expect(outline, "the focus shows").toBeGreaterThanOrEqual(2);
      return;
    }
  }
  throw new Error(`Tab never reached ${name}`);
}

test.describe("what there is", () => {
  test("is found on Explore by a part of its name", async ({ page }) => {
    await page.goto("/explore");
    const rows = page.getByRole("table", { name: "Repositories" });
    await expect(rows.getByRole("link", { name: "acme/team/node-app" })).toBeVisible();
    await page.getByRole("searchbox", { name: "Search repositories" }).fill("node");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/explore?q=node");
    await expect(rows.getByRole("link", { name: "acme/team/node-app" })).toBeVisible();
    await expect(rows.getByRole("link", { name: "acme/hello" })).toBeHidden();
    await page.goto("/explore?q=nothing-like-it");
    await expect(page.getByText("No repository matches “nothing-like-it”")).toBeVisible();
    await page.getByRole("link", { name: "Show all" }).click();
    await expect(page).toHaveURL("/explore");
  });

  test("in an organization stands on its page", async ({ page }) => {
    await page.goto("/o/acme");
    await expect(page.getByRole("table").getByRole("link", { name: "acme/hello" })).toBeVisible();
    await expect(page.getByText("3 repositories")).toBeVisible();
  });

  test("was pushed by somebody, which Home tells", async ({ page }) => {
    await page.goto("/");
    const activity = page.getByRole("list", { name: "Activity" });
    await expect(activity.getByRole("listitem").filter({ hasText: "acme/hello:sbom" })).toContainText("pushed by mia");
  });
});

test.describe("the tags of a repository", () => {
  test("stand newest version first, tags of one image joined, artifacts by their kind", async ({ page, furnished }) => {
    await page.goto("/r/acme/hello/-/tags");
    const rows = page.getByRole("table", { name: "Tags of acme/hello" }).getByRole("row");
    await expect(rows.nth(1)).toContainText("2.0.0");
    await expect(rows.nth(2)).toContainText("1.0.0");
    await expect(rows.filter({ hasText: "2.0.0" })).toContainText(
      furnished.images["multi-arch-attested"].digest.slice(7, 19),
    );
    await expect(rows.filter({ hasText: "2.0.0" })).toContainText(/amd64.*arm64.*arm\/v7/);
    await expect(rows.filter({ hasText: "sbom" })).toContainText("spdx");
    await page.goto("/r/acme/team/node-app/-/tags");
    await expect(page.getByRole("row").filter({ hasText: "latest" })).toContainText("same image as the tag above");
  });

  test("are filtered and sorted by the address", async ({ page }) => {
    await page.goto("/r/acme/hello/-/tags");
    await page.getByRole("searchbox", { name: "Filter tags" }).fill("*.0.0");
    await page.getByLabel("Sort by").selectOption("name");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page).toHaveURL("/r/acme/hello/-/tags?q=*.0.0&sort=name");
    await expect(page.getByText("2 matching tags")).toBeVisible();
    await expect(page.getByRole("rowheader").first()).toHaveText("1.0.0");
    await page.goto("/r/acme/hello/-/tags?q=nothing");
    await page.getByRole("link", { name: "Clear filter" }).click();
    await expect(page).toHaveURL("/r/acme/hello/-/tags");
  });

  test("show a push by themselves, and the page keeps what was typed", async ({ page, furnished }) => {
    test.setTimeout(120_000);
    await page.goto("/r/acme/open/-/tags");
    await page.getByRole("searchbox", { name: "Filter tags" }).fill("half a word");
    await furnished.push("busybox", "acme/open:1.36");
    await expect(page.getByRole("rowheader").filter({ hasText: "1.36" })).toBeVisible();
    await expect(page.getByRole("searchbox", { name: "Filter tags" })).toHaveValue("half a word");
  });

  test("copy the line that pulls one", async ({ page, context, furnished }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/r/acme/hello/-/tags");
    const pull = `docker pull ${furnished.layerport.host}/acme/hello:2.0.0`;
    await page.getByRole("button", { name: `Copy ${pull}` }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(pull);
  });
});

test.describe("an image", () => {
  test("for several platforms shows each of them, and counts attestations apart", async ({ page, furnished }) => {
    await page.goto("/r/acme/hello/-/tags/2.0.0");
    await expect(page.getByText(furnished.images["multi-arch-attested"].digest).first()).toBeVisible();
    const platforms = page.getByRole("navigation", { name: "Platform" });
    await expect(platforms.getByRole("link")).toHaveText(["amd64", "arm64", "arm/v7"]);
    await expect(page.getByText("+3 attestations")).toBeVisible();
    await expect(page.getByText("unknown/unknown")).toBeHidden();
    await platforms.getByRole("link", { name: "arm/v7" }).click();
    await expect(page).toHaveURL("/r/acme/hello/-/tags/2.0.0?platform=linux%2Farm%2Fv7");
    await expect(page.getByRole("definition").filter({ hasText: "linux/arm/v7" })).toBeVisible();
    await page.getByRole("link", { name: "Config" }).click();
    await expect(page).toHaveURL(/platform=linux%2Farm%2Fv7&tab=config/);
  });

  test("is a stack of layers with the instructions that made them", async ({ page }) => {
    await page.goto("/r/acme/team/node-app/-/tags/1.4.2");
    const layers = page.getByRole("region", { name: "Layers" });
    await expect(layers.getByText("RUN npm ci --omit=dev")).toBeVisible();
    await expect(layers.getByRole("img", { name: /^Layer of/ })).toHaveCount(7);
    await layers.getByText("5 metadata steps").click();
    await expect(layers.getByText('CMD ["server.mjs"]')).toBeVisible();
    await expect(page.getByText("also tagged")).toContainText("latest");
  });

  test("has its manifest byte for byte", async ({ page, furnished }) => {
    const { digest, layout } = furnished.images["node-app"];
    await page.goto("/r/acme/team/node-app/-/tags/1.4.2?tab=manifest");
    await page.getByText("Exact bytes").click();
    const shown = await page.getByRole("region", { name: "Exact bytes of the manifest" }).textContent();
    expect(shown).toBe(await readFile(join(layout, "blobs", ...digest.split(":")), "utf8"));
  });

  test("leads from its index to each manifest", async ({ page }) => {
    await page.goto("/r/acme/hello/-/tags/1.0.0?tab=manifest");
    await page.getByRole("region", { name: "Manifest" }).getByRole("link").first().click();
    await expect(page).toHaveURL(/\/r\/acme\/hello\/-\/manifests\/sha256:[0-9a-f]{64}$/);
    await expect(page.getByRole("heading", { name: "Image by digest" })).toBeVisible();
  });

  test("lists what refers to it, and what refers leads back", async ({ page, furnished }) => {
    await page.goto("/r/acme/hello/-/tags/1.0.0?tab=referrers");
    const rows = page.getByRole("table", { name: "Referrers" }).getByRole("row");
    await expect(rows.filter({ hasText: "application/spdx+json" })).toBeVisible();
    await rows.filter({ hasText: "application/spdx+json" }).getByRole("link").click();
    await expect(page).toHaveURL(`/r/acme/hello/-/manifests/${furnished.images["artifact-sbom"].digest}`);
    await expect(page.getByRole("definition").getByRole("link")).toHaveAttribute(
      "href",
      `/r/acme/hello/-/manifests/${furnished.images["multi-arch"].digest}`,
    );
  });

  test("has the address of its own name, pasted", async ({ page, furnished }) => {
    await page.goto("/acme/team/node-app:1.4.2");
    await expect(page).toHaveURL("/r/acme/team/node-app/-/tags/1.4.2");
    const { digest } = furnished.images["multi-arch"];
    await page.goto(`/acme/hello@${digest}`);
    await expect(page).toHaveURL(`/r/acme/hello/-/manifests/${digest}`);
  });
});

test.describe("a private repository", () => {
  const pages = ["", "/-/tags", "/-/tags/2.0.0", "/-/tags/2.0.0?tab=manifest"];

  test("is as absent to a stranger, signed in or not, as one that is not there (T07)", async ({
    strangersPage,
    anonymousPage,
    furnished,
  }) => {
    test.setTimeout(120_000);
    const digest = furnished.images["multi-arch"].digest;
    for (const page of [strangersPage, anonymousPage]) {
      for (const path of [...pages, `/-/manifests/${digest}`]) {
        const hidden = await plainAnswer(await page.goto(`/r/acme/hello${path}`));
        const absent = await plainAnswer(await page.goto(`/r/acme/hallo${path}`));
        expect(hidden).toMatch(/^404 /);
        expect(hidden.replaceAll("acme/hello", "acme/hallo").replaceAll("acme%2Fhello", "acme%2Fhallo")).toBe(absent);
      }
      await page.goto("/explore?q=hello");
      await expect(page.getByText("acme/hello")).toBeHidden();
      expect((await page.goto("/o/acme"))?.status()).toBe(404);
    }
  });

  test("stays so however a page is asked for (T49)", async ({ anonymousPage, furnished }) => {
    const digest = furnished.images["multi-arch"].digest;
    const skipping = Array.from({ length: 5 }, () => "proxy").join(":");
    for (const [path, headers] of [
      ["/r/acme/hello/-/tags.rsc", {}],
      ["/r/acme/hello/-/tags?_rsc=x", { rsc: "1" }],
      [
        "/r/acme/hello/-/tags?_rsc=x",
        { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
      ],
      [
        "/r/acme/hello/-/tags",
        { "x-middleware-subrequest": skipping, "x-middleware-rewrite": "/repository/tags/acme/hello" },
      ],
      ["/repository/tags/acme/hello", { "x-nextjs-data": "1" }],
      ["/_next/data/build/r/acme/hello/-/tags.json", {}],
    ] as const) {
      const answer = await anonymousPage.request.get(path, { headers });
      const body = await answer.text();
      expect(body, path).not.toContain(digest.slice(7));
      expect(body, path).not.toContain("2.0.0");
    }
  });

  test("becomes public and private again, each after a word of what that means", async ({
    page,
    anonymousPage,
    strangersPage,
  }) => {
    await page.goto("/r/acme/open/-/tags");
    await page.getByRole("link", { name: "private" }).click();
    const panel = page.getByRole("region", { name: "Make acme/open public?" });
    await expect(panel.getByRole("region", { name: "Gain" })).toContainText("Everybody else: pull on acme/open");
    await expect(panel).toContainText("without signing in");
    await expect(panel.getByRole("link", { name: "Cancel" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(panel).toBeHidden();
    expect((await anonymousPage.goto("/r/acme/open/-/tags"))?.status()).toBe(404);

    await page.getByRole("link", { name: "Make it public" }).click();
    await panel.getByRole("button", { name: "Make it public" }).click();
    await expect(page.getByRole("link", { name: "Make it private" })).toBeVisible();
    for (const visitor of [anonymousPage, strangersPage]) {
      await visitor.goto("/explore");
      await visitor.getByRole("link", { name: "acme/open" }).click();
      await visitor.getByRole("link", { name: "1.35", exact: true }).click();
      await expect(visitor.getByRole("region", { name: "Layers" })).toContainText("busybox");
      // Who may only look has nothing to press.
      await expect(visitor.getByRole("link", { name: "public" })).toBeHidden();
      await expect(visitor.getByRole("link", { name: "Settings" })).toBeHidden();
      await visitor.goto("/o/acme");
      await expect(visitor.getByRole("table")).toContainText("acme/open");
      await expect(visitor.getByRole("table")).not.toContainText("acme/hello");
    }

    await page.getByRole("link", { name: "public", exact: true }).click();
    await expect(page.getByRole("region", { name: "Lose" })).toContainText("Everybody else: pull on acme/open");
    await page.getByRole("button", { name: "Make it private" }).click();
    await expect(page.getByRole("link", { name: "Make it public" })).toBeVisible();
    expect((await anonymousPage.goto("/r/acme/open/-/tags"))?.status()).toBe(404);
  });
});

test("T51 no cache may keep what a signed-in person sees", async ({ page }) => {
  for (const path of [
    "/",
    "/explore",
    "/o/acme",
    "/r/acme/hello/-/tags",
    "/r/acme/hello/-/tags/2.0.0",
    "/r/acme/hello/-/settings/access",
    "/settings/tokens",
    "/settings/security",
    "/admin/users",
    "/organizations/new",
    "/nothing",
  ]) {
    for (const headers of [{}, { rsc: "1" }]) {
      const answer = await page.request.get(path, { headers });
      expect(answer.headers()["cache-control"], path).toMatch(/private/);
      expect(answer.headers()["cache-control"], path).toMatch(/no-store/);
    }
  }
});

test("without a script people sign in, browse, filter and read an image", async ({ browser, baseURL }) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    ...(baseURL ? { baseURL } : {}),
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  await page.goto("/login?callbackUrl=%2Fexplore");
  await page.getByLabel("Name or e-mail").fill(administrator.username);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The name or the password is wrong.")).toBeVisible();
  await page.getByLabel("Password").fill(administrator.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/explore");
  await page.getByRole("link", { name: "acme/hello" }).click();
  await page.getByRole("searchbox", { name: "Filter tags" }).fill("2.");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("link", { name: "2.0.0", exact: true }).click();
  await page.getByRole("link", { name: "arm64" }).click();
  await page.getByRole("link", { name: "Config" }).click();
  await expect(page.getByRole("heading", { name: "How it runs" })).toBeVisible();
  await context.close();
});

test("by the keyboard alone people go from the first page to an image's configuration", async ({ page }) => {
  await page.goto("/");
  await tabTo(page, "link", "Skip to content");
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
  await tabTo(page, "link", "acme/team/node-app");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/r/acme/team/node-app/-/tags");
  await tabTo(page, "link", "1.4.2");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/r/acme/team/node-app/-/tags/1.4.2");
  await tabTo(page, "link", "Config");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/r/acme/team/node-app/-/tags/1.4.2?tab=config");
  await expect(page.getByText("NODE_VERSION", { exact: true })).toBeVisible();
});

for (const width of [320, 390, 1280]) {
  test(`no page scrolls sideways at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const path of [
      "/",
      "/explore",
      "/o/acme",
      "/r/acme/hello/-/tags",
      "/r/acme/team/node-app/-/tags/1.4.2",
      "/r/acme/team/node-app/-/tags/1.4.2?tab=config",
      "/r/acme/hello/-/tags/1.0.0?tab=referrers",
      "/r/acme/hello/-/tags/1.0.0?tab=manifest",
      "/r/acme/hello/-/settings",
      "/r/acme/hello/-/settings/access?visibility=public",
      "/settings/profile",
      "/settings/security",
      "/settings/tokens",
      "/admin/users",
      "/admin/users/mia?change=make-auditor",
      "/admin/invitations",
      "/admin/orgs",
      "/admin/tokens",
      "/organizations/new",
    ]) {
      await page.goto(path);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        path,
      ).toBeLessThanOrEqual(0);
    }
  });
}
