import { expect, type Page } from "@playwright/test";
import type { Credentials } from "../clients/registry-tools.ts";

/** The first person of the Layerport that the browser tests share; `entry.spec.ts` makes them. */
export const administrator: Credentials = { username: "mia", password: "a long quiet river" };

/** Somebody with an account and no right to anything of others. */
export const stranger: Credentials = { username: "eve", password: "another quiet river" };

/** Signs in on the page for it, and waits until the page that was wanted is there. */
export async function signIn(page: Page, url: string, { username, password }: Credentials): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("Name or e-mail").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${url}/`);
}
