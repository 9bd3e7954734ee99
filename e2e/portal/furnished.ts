import { type Browser, test as base, type Page } from "@playwright/test";
import { createUser } from "../clients/people.ts";
import { type Credentials, openRegistryTools, type RegistryTools } from "../clients/registry-tools.ts";
import { type RealImage, type RealImageName, realImages } from "../images/index.ts";
import { type SharedStack, sharedLayerport } from "../stack.ts";
import { administrator, signIn, stranger } from "./people.ts";

type Images = Readonly<Record<RealImageName, RealImage>>;

/** A Layerport in which something is, and people in front of it. */
export interface Furnished {
  readonly layerport: SharedStack;
  readonly images: Images;
  /** The cookies of a browser in which the administrator is signed in. */
  readonly administratorsState: SessionState;
  /** Pushes a real image in the administrator's name, byte for byte. */
  push(image: RealImageName, name: string): Promise<void>;
  /** The manifest that a client is given under this name, in the administrator's name. */
  inspect(name: string): Promise<string>;
}

interface Visitors {
  /** A browser in which the administrator is signed in. */
  readonly page: Page;
  /** A browser in which a person without any right is signed in. */
  readonly strangersPage: Page;
  /** A browser in which nobody is signed in. */
  readonly anonymousPage: Page;
}

/** A browser that has never been here. */
const nobody = { cookies: [], origins: [] };

type SessionState = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

interface Sessions {
  readonly furnished: Furnished;
  readonly strangersState: SessionState;
}

/** What there is before the first of these tests: real images under an organization of the administrator's. */
const furniture: readonly (readonly [RealImageName, string])[] = [
  ["node-app", "acme/team/node-app:1.4.2"],
  ["node-app", "acme/team/node-app:latest"],
  ["multi-arch", "acme/hello:1.0.0"],
  ["multi-arch-attested", "acme/hello:2.0.0"],
  ["artifact-sbom", "acme/hello:sbom"],
  ["artifact-signature", "acme/hello:signature"],
  ["busybox", "acme/open:1.35"],
];

/** Tests of pages that show something. `entry.spec.ts` has run before, so there is an administrator. */
export const test = base.extend<Visitors, Sessions>({
  furnished: [
    async ({ browser }, use) => {
      const layerport = sharedLayerport();
      const images = await realImages();
      const tools = await openRegistryTools({ registries: [layerport.host] });
      try {
        const login = await tools.login(layerport.host, administrator);
        if (login.exitCode !== 0) throw new Error(`podman could not log in: ${login.stderr}`);
        const push = (image: RealImageName, name: string) =>
          pushImage(tools, images[image], `${layerport.host}/${name}`);
        for (const [image, name] of furniture) await push(image, name);
        const administratorsState = await signedInState(browser, layerport, administrator);
        const inspect = (name: string) =>
          tools.must("skopeo", ["inspect", "--raw", `docker://${layerport.host}/${name}`]);
        await use({ layerport, images, administratorsState, push, inspect });
      } finally {
        await tools.close();
      }
    },
    { scope: "worker", timeout: 180_000 },
  ],
  strangersState: [
    async ({ browser, furnished }, use) => {
      // A worker that starts again after a failure finds the stranger already there.
      await createUser(furnished.layerport, administrator, stranger).catch((cause: unknown) => {
        if (!String(cause).includes("taken")) throw new Error("the stranger could not be made", { cause });
      });
      await use(await signedInState(browser, furnished.layerport, stranger));
    },
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ furnished }, use) => use(furnished.layerport.url),
  storageState: async ({ furnished }, use) => use(furnished.administratorsState),
  strangersPage: async ({ browser, baseURL, strangersState }, use) => {
    const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: strangersState });
    await use(await context.newPage());
    await context.close();
  },
  anonymousPage: async ({ browser, baseURL }, use) => {
    const context = await browser.newContext({
      ...(baseURL ? { baseURL } : {}),
      storageState: nobody,
    });
    await use(await context.newPage());
    await context.close();
  },
});

async function signedInState(browser: Browser, { url }: SharedStack, person: Credentials): Promise<SessionState> {
  // Without it the context would begin with the cookies of the test that asked for this fixture.
  const page = await browser.newPage({ storageState: nobody });
  await signIn(page, url, person);
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

async function pushImage(tools: RegistryTools, { reference }: RealImage, name: string): Promise<void> {
  await tools.must("skopeo", ["copy", "--all", "--preserve-digests", reference, `docker://${name}`]);
}
