import { expect } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { test } from "./furnished.ts";

/** Each page as it is full, and as it is empty. Set-up, sign-in and their refusals are tried in `entry.spec.ts`. */
const pages = {
  home: "/",
  explore: "/explore",
  "explore with nothing found": "/explore?q=nothing-like-it",
  organization: "/o/acme",
  tags: "/r/acme/hello/-/tags",
  "tags of one image": "/r/acme/team/node-app/-/tags",
  "tags with nothing found": "/r/acme/hello/-/tags?q=nothing-like-it",
  image: "/r/acme/team/node-app/-/tags/1.4.2",
  "image for several platforms": "/r/acme/hello/-/tags/2.0.0",
  "image's config": "/r/acme/team/node-app/-/tags/1.4.2?tab=config",
  "image's manifest": "/r/acme/hello/-/tags/2.0.0?tab=manifest",
  "image's referrers": "/r/acme/hello/-/tags/1.0.0?tab=referrers",
  "image without referrers": "/r/acme/hello/-/tags/2.0.0?tab=referrers",
  artifact: "/r/acme/hello/-/tags/sbom",
  "repository's settings": "/r/acme/hello/-/settings",
  "repository's access": "/r/acme/hello/-/settings/access",
  profile: "/settings/profile",
  security: "/settings/security",
  "access tokens": "/settings/tokens",
  users: "/admin/users",
  "users with nobody found": "/admin/users?q=nothing-like-it",
  user: "/admin/users/mia",
  "question before a role": "/admin/users/mia?change=make-auditor",
  invitations: "/admin/invitations",
  "organizations of everybody": "/admin/orgs",
  "unused tokens": "/admin/tokens",
  "new organization": "/organizations/new",
  "not found": "/nothing",
} as const;

for (const [name, path] of Object.entries(pages)) {
  test(`the page ${name} has no barrier, in light and in dark`, async ({ page }) => {
    await page.goto(path);
    await expectAccessible(page);
  });
}

test("neither have the pages of a visitor who is not signed in", async ({ anonymousPage }) => {
  for (const path of ["/explore", "/login", "/r/acme/hello/-/tags", "/invite/nothing", "/reset/nothing"]) {
    await anonymousPage.goto(path);
    await expectAccessible(anonymousPage);
  }
});

test("neither have the account's menu and a question before a change while they are open", async ({ page }) => {
  await page.goto("/r/acme/hello/-/tags");
  await page.getByRole("button", { name: "Account of mia" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "private" }).click();
  await expect(page.getByRole("region", { name: "Make acme/hello public?" })).toBeVisible();
  await expectAccessible(page);
});

test("neither has a phone's view of the pages people look at most", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of [
    pages.home,
    pages.tags,
    pages.image,
    pages["image's config"],
    pages["repository's access"],
    pages["access tokens"],
    pages.users,
  ]) {
    await page.goto(path);
    await expectAccessible(page);
  }
});
