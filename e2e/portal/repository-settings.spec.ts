import { expect } from "@playwright/test";
import { test } from "./furnished.ts";
import { administrator } from "./people.ts";

const owner = administrator.username;

test("a repository is renamed while its old name goes on pulling, and is pushed to by the new one alone", async ({
  page,
  furnished,
}) => {
  test.setTimeout(120_000);
  await furnished.push("busybox", `${owner}/before:1`);
  const manifest = await furnished.inspect(`${owner}/before:1`);
  await page.goto(`/r/${owner}/before/-/tags`);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Not A Name");
  await page.getByRole("button", { name: "Rename repository" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Name", { exact: true }).fill("team/after");
  await page.getByRole("button", { name: "Rename repository" }).click();
  await expect(page).toHaveURL(`/r/${owner}/team/after/-/settings`);
  await expect(page.getByRole("listitem").filter({ hasText: `${owner}/before` })).toBeVisible();

  for (const name of [`${owner}/before:1`, `${owner}/team/after:1`])
    expect(await furnished.inspect(name)).toBe(manifest);
  await expect(furnished.push("busybox", `${owner}/before:2`)).rejects.toThrow(`${owner}/team/after`);
  await furnished.push("busybox", `${owner}/team/after:2`);
  for (const path of ["/-/tags", "/-/tags/1", "/-/settings", "/-/settings/access"]) {
    await page.goto(`/r/${owner}/before${path}`);
    await expect(page).toHaveURL(`/r/${owner}/team/after${path}`);
  }
});

test("without a script a repository becomes public after who gains; whoever may pull alone is told whom to ask", async ({
  browser,
  page,
  strangersPage,
  furnished,
  baseURL,
}) => {
  test.setTimeout(120_000);
  await furnished.push("busybox", `${owner}/shown:1`);
  const context = await browser.newContext({
    javaScriptEnabled: false,
    ...(baseURL ? { baseURL } : {}),
    storageState: await page.context().storageState(),
  });
  const plain = await context.newPage();
  await plain.goto(`/r/${owner}/shown/-/settings/access`);
  await expect(plain.getByRole("table", { name: `People with access to ${owner}/shown` })).toContainText("role owner");
  await plain.getByRole("link", { name: "Make it public" }).click();
  await expect(plain.getByRole("region", { name: "Gain" })).toContainText("Everybody else: pull");
  expect((await strangersPage.goto(`/r/${owner}/shown/-/settings`))?.status()).toBe(404);
  await plain.getByRole("button", { name: "Make it public" }).click();
  await expect(plain.getByRole("link", { name: "Make it private" })).toBeVisible();
  await context.close();

  expect((await strangersPage.goto(`/r/${owner}/shown/-/settings`))?.status()).toBe(403);
  await expect(strangersPage.getByText(`An owner of ${owner} can grant it.`)).toBeVisible();
});
