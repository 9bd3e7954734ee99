import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expireAccessTokens } from "@layerport/testkit";
import { type Browser, chromium, type Page } from "@playwright/test";
import { browserOptions } from "../browser-options.ts";
import type { SharedStack } from "../stack.ts";
import type { Credentials } from "./registry-tools.ts";
import { mustRun } from "./run-command.ts";

/** Who may try a Layerport, and with what. The administrator's name is also their organization. */
export interface People {
  readonly administrator: Credentials;
  /** Somebody with an account and no right to anything of the administrator's. */
  readonly stranger: Credentials;
  /** Access tokens of the administrator. */
  readonly tokens: {
    readonly readOnly: Credentials;
    readonly expired: Credentials;
    readonly revoked: Credentials;
  };
}

const PEOPLE = "LAYERPORT_E2E_PEOPLE";

/** Everybody whom the global setup has made in the Layerport that all tests of a run share. */
export function sharedPeople(): People {
  const text = process.env[PEOPLE];
  if (!text) throw new Error("nobody was made for the tests; start them with npm run e2e, or with their own config");
  return JSON.parse(text);
}

/** Makes `people` those whom `sharedPeople` answers, in this process and in those it starts. */
export function sharePeople(people: People): void {
  process.env[PEOPLE] = JSON.stringify(people);
}

/** As clients take it on a command line. */
export function formatCredentials({ username, password }: Credentials): string {
  return `${username}:${password}`;
}

const administrator = { username: "ada", password: "a long quiet river" } as const;
const stranger = { username: "eve", password: "another quiet river" } as const;

/** Finishes the set-up of a fresh Layerport through its pages, and answers its first person. */
export async function makeAdministrator(stack: SharedStack): Promise<Credentials> {
  await withBrowser((browser) => setUp(browser, stack));
  return administrator;
}

/** Finishes the set-up of a fresh Layerport through its pages, and makes everybody whom the client tests need. */
export async function makePeople(stack: SharedStack): Promise<People> {
  const tokens = await withBrowser(async (browser) => {
    const page = await setUp(browser, stack);
    const readOnly = await createToken(page, stack, "read-only");
    const expired = await createToken(page, stack, "expired");
    const revoked = await createToken(page, stack, "revoked");
    await page.getByRole("button", { name: "Revoke revoked" }).click();
    await page.getByText("Revoked revoked").waitFor();
    return { readOnly, expired, revoked };
  });
  await createUser(stack, administrator, stranger);
  const environment = await environmentOf(stack, "worker");
  const count = await expireAccessTokens(environment.DATABASE_URL ?? "", "expired");
  if (count !== 1) {
    throw new Error(`${count} access tokens have the name "expired"`);
  }
  return { administrator, stranger, tokens };
}

/** Adds a person in the administrator's name, as whoever runs the machine does it. */
export async function createUser(stack: SharedStack, asked: Credentials, person: Credentials): Promise<void> {
  await mustRun(
    process.execPath,
    ["apps/worker/src/commands/create-user.ts", asked.username, person.username, `${person.username}@example.test`],
    {
      cwd: join(import.meta.dirname, "../.."),
      environment: await environmentOf(stack, "worker"),
      stdin: `${asked.password}\n${person.password}\n`,
    },
  );
}

/** Makes a repository of the administrator's public, on its page. */
export async function makePublic(stack: SharedStack, repository: string): Promise<void> {
  await withBrowser(async (browser) => {
    const page = await browser.newPage();
    await page.goto(`${stack.url}/login`);
    await page.getByLabel("Name or e-mail").fill(administrator.username);
    await page.getByLabel("Password").fill(administrator.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${stack.url}/`);
    await page.goto(`${stack.url}/r/${repository}/-/settings/access?visibility=public`);
    await page.getByRole("button", { name: "Make it public" }).click();
    await page.getByRole("link", { name: "Make it private" }).waitFor();
  });
}

async function withBrowser<Answer>(use: (browser: Browser) => Promise<Answer>): Promise<Answer> {
  const browser = await chromium.launch(browserOptions);
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** Follows the link that the start printed, to the end. */
async function setUp(browser: Browser, stack: SharedStack): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(stack.setupUrl ?? "");
  await page.getByLabel("User name").fill(administrator.username);
  await page.getByLabel("E-mail").fill("ada@example.test");
  await page.getByLabel("Password").fill(administrator.password);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("button", { name: "Finish" }).click();
  await page.waitForURL(`${stack.url}/`);
  return page;
}

/** Creates a token that may pull, and reads it from the page, which shows it once. */
async function createToken(page: Page, stack: SharedStack, name: string): Promise<Credentials> {
  await page.goto(`${stack.url}/settings/tokens`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create token" }).click();
  const shown = await page.getByRole("region", { name: "Your new token" }).textContent();
  const password = /lp_pat_[0-9A-Za-z]{36}/.exec(shown ?? "")?.[0];
  if (password === undefined) {
    throw new Error(`the page shows no token: ${shown}`);
  }
  await page.getByLabel("I stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  return { username: administrator.username, password };
}

/** What a process of a running Layerport was started with, for a command that is to see the same. */
export async function environmentOf(stack: SharedStack, name: string): Promise<NodeJS.ProcessEnv> {
  const processes: Record<string, { pid: number }> = JSON.parse(
    await readFile(join(stack.dataDir, "processes.json"), "utf8"),
  );
  const environment = await readFile(`/proc/${processes[name]?.pid}/environ`, "utf8");
  return Object.fromEntries(
    environment
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
