import { expect, type Page } from "@playwright/test";
import { test } from "./furnished.ts";
import { administrator, signIn } from "./people.ts";

test.describe.configure({ mode: "serial" });

/** Whoever comes in by the link of the first test. */
const invited = { username: "sam", password: "a short loud brook" };

/** What changes something on the pages of administrators, by the words of its button or link. */
const changes = /Invite|Make|Disable|Take|Revoke/;

/** The link that a page shows once. */
async function linkIn(page: Page, region: string): Promise<string> {
  const text = await page.getByRole("region", { name: region, exact: true }).textContent();
  const link = /https?:\/\/\S+\/(?:invite|reset)\/lp_[a-z]+_[0-9A-Za-z]{36}/.exec(text ?? "")?.[0];
  if (link === undefined) throw new Error(`the page shows no link: ${text}`);
  return link;
}

test("an administrator invites a person by a link, which makes one account", async ({ page, anonymousPage }) => {
  await page.goto("/admin/users");
  await page.getByRole("link", { name: "Invite a person" }).click();
  await page.getByRole("button", { name: "Make invitation" }).click();
  const link = await linkIn(page, "Your new invitation");
  await expect(page.getByRole("row").filter({ hasText: "whoever has the link" })).toContainText(administrator.username);

  await anonymousPage.goto(link);
  await expect(anonymousPage.getByText(`${administrator.username} invites you`)).toBeVisible();
  await anonymousPage.getByLabel("User name").fill(administrator.username);
  await anonymousPage.getByLabel("E-mail").fill("sam@example.test");
  await anonymousPage.getByLabel("Password").fill(invited.password);
  await anonymousPage.getByRole("button", { name: "Create account" }).click();
  await expect(anonymousPage.getByLabel("User name")).toHaveAttribute("aria-invalid", "true");
  await expect(anonymousPage.getByLabel("E-mail")).toHaveValue("sam@example.test");

  await anonymousPage.getByLabel("User name").fill(invited.username);
  await anonymousPage.getByLabel("Password").fill(invited.password);
  await anonymousPage.getByRole("button", { name: "Create account" }).click();
  await expect(anonymousPage).toHaveURL("/");
  await expect(anonymousPage.getByRole("button", { name: `Account of ${invited.username}` })).toBeVisible();

  // Used, and never made: one answer.
  for (const dead of [link, "/invite/nothing"]) {
    expect((await anonymousPage.goto(dead))?.status()).toBe(404);
    await expect(anonymousPage.getByRole("heading", { name: "This link invites nobody" })).toBeVisible();
  }
  await page.reload();
  await expect(page.getByText("No invitation is open.")).toBeVisible();
});

test("an administrator hands out a link that sets a new password once", async ({ page, anonymousPage, baseURL }) => {
  await page.goto(`/admin/users/${invited.username}`);
  await page.getByRole("button", { name: "Make a reset link" }).click();
  const link = await linkIn(page, "Link for a new password");

  await anonymousPage.goto(link);
  await anonymousPage.getByLabel("New password").fill("password1234");
  await anonymousPage.getByRole("button", { name: "Set password" }).click();
  await expect(anonymousPage.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  invited.password = "a wide calm sea";
  await anonymousPage.getByLabel("New password").fill(invited.password);
  await anonymousPage.getByRole("button", { name: "Set password" }).click();
  await expect(anonymousPage.getByText("Your new password is set")).toBeVisible();
  await signIn(anonymousPage, baseURL ?? "", invited);

  for (const dead of [link, "/reset/nothing"]) {
    expect((await anonymousPage.goto(dead))?.status()).toBe(404);
    await expect(anonymousPage.getByRole("heading", { name: "This link does not set a password" })).toBeVisible();
  }
});

test("disabling a person ends their session and their token at once, and enabling lets both in again", async ({
  page,
  anonymousPage: theirs,
  baseURL,
  furnished,
}) => {
  await signIn(theirs, baseURL ?? "", invited);
  await theirs.goto("/settings/tokens");
  await theirs.getByLabel("Name", { exact: true }).fill("laptop");
  await theirs.getByRole("button", { name: "Create token" }).click();
  const shown = await theirs.getByRole("region", { name: "Your new token" }).textContent();
  const secret = /lp_pat_[0-9A-Za-z]{36}/.exec(shown ?? "")?.[0] ?? "";
  await theirs.getByLabel("I stored it").check();
  await theirs.getByRole("button", { name: "Done" }).click();
  const tokenStatus = async () => {
    const answer = await fetch(`${furnished.layerport.url}/token?service=${furnished.layerport.host}`, {
      headers: { authorization: `Basic ${Buffer.from(`${invited.username}:${secret}`).toString("base64")}` },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  expect(await tokenStatus()).toBe(200);

  await page.goto(`/admin/users/${invited.username}`);
  await expect(page.getByRole("table").getByRole("row").filter({ hasText: "laptop" })).toBeVisible();
  await page.getByRole("link", { name: "Disable" }).click();
  const question = page.getByRole("region", { name: `Disable ${invited.username}?` });
  await expect(question).toContainText("every access token");
  await expect(question.getByRole("link", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("link", { name: "Enable" })).toBeVisible();
  expect(await tokenStatus()).toBe(401);
  await theirs.goto("/settings/tokens");
  await expect(theirs).toHaveURL(/\/login/);

  await page.getByRole("link", { name: "Enable" }).click();
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByRole("link", { name: "Disable" })).toBeVisible();
  expect(await tokenStatus()).toBe(200);
  await page.getByRole("button", { name: `Revoke laptop of ${invited.username}` }).click();
  await expect(page.getByText(`${invited.username} has none.`)).toBeVisible();
  expect(await tokenStatus()).toBe(401);
});

test("an auditor sees what administrators see and has nothing to press; the last administrator stays one", async ({
  page,
  anonymousPage: theirs,
  baseURL,
}) => {
  await page.goto(`/admin/users?q=${invited.username}`);
  await page.getByRole("table").getByRole("link", { name: invited.username }).click();
  await page.getByRole("link", { name: "Make auditor" }).click();
  await expect(page.getByRole("region", { name: `Make ${invited.username} an auditor?` })).toContainText(
    "pull in every repository",
  );
  await page.getByRole("button", { name: "Make auditor" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("auditor");

  await signIn(theirs, baseURL ?? "", invited);
  for (const path of [
    "/admin/users",
    `/admin/users/${administrator.username}?change=disable`,
    "/admin/orgs?take=acme",
  ]) {
    expect((await theirs.goto(path))?.status()).toBe(200);
    for (const role of ["button", "link"] as const) {
      await expect(theirs.locator("#main").getByRole(role, { name: changes })).toHaveCount(0);
    }
  }
  expect((await theirs.goto("/admin/invitations"))?.status()).toBe(404);
  expect((await theirs.goto("/r/acme/hello/-/settings/access"))?.status()).toBe(200);

  await page.goto(`/admin/users/${administrator.username}?change=end-administrator`);
  await page.getByRole("button", { name: "Take the role away" }).click();
  await expect(page.getByText("at least one administrator")).toBeVisible();

  await page.goto(`/admin/users/${invited.username}?change=end-auditor`);
  await page.getByRole("button", { name: "Take the role away" }).click();
  await expect(page.getByRole("link", { name: "Make auditor" })).toBeVisible();
  await theirs.goto("/settings/profile");
  await expect(theirs, "whoever loses a role signs in anew").toHaveURL(/\/login/);
});

test("an administrator takes the ownership of an organization after a word of what that means", async ({
  page,
  anonymousPage: theirs,
  baseURL,
}) => {
  await signIn(theirs, baseURL ?? "", invited);
  await theirs.goto("/organizations/new");
  await theirs.getByLabel("Name", { exact: true }).fill("brook");
  await theirs.getByRole("button", { name: "Create organization" }).click();
  await expect(theirs).toHaveURL("/o/brook");

  await page.goto("/admin/orgs?q=brook");
  const row = page.getByRole("table").getByRole("row").filter({ hasText: "brook" });
  await expect(row).toContainText(invited.username);
  await row.getByRole("link", { name: "Take ownership of brook" }).click();
  await expect(page.getByRole("region", { name: "Take ownership of brook?" })).toContainText("recorded");
  await page.getByRole("button", { name: "Take ownership" }).click();
  await expect(row).toContainText(`${administrator.username}, ${invited.username}`);
  await expect(row.getByRole("link", { name: "Take ownership of brook" })).toBeHidden();
});

test("for everybody else administration is as absent as what is not there", async ({
  strangersPage,
  anonymousPage,
}) => {
  for (const visitor of [strangersPage, anonymousPage]) {
    for (const path of [
      "/admin",
      "/admin/users",
      `/admin/users/${administrator.username}`,
      "/admin/invitations",
      "/admin/orgs",
      "/admin/tokens",
    ]) {
      expect((await visitor.goto(path))?.status(), path).toBe(404);
      await expect(visitor.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
    }
  }
  await strangersPage.getByRole("button", { name: /^Account of/ }).click();
  await expect(strangersPage.getByRole("link", { name: "Settings" })).toBeVisible();
  await expect(strangersPage.getByRole("link", { name: "Administration" })).toBeHidden();
});
