import { type Database, openDatabase } from "@layerport/database";
import {
  parseRepositoryName,
  type RepositoryName,
  splitRepositoryName,
  type Visibility,
} from "@layerport/registry-core";
import { testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll } from "vitest";
import type { AccessToken, Accounts, NewAccessToken, Viewer } from "./accounts.ts";
import type { Identity } from "./identity.ts";
import { type AccountsOptions, openAccounts } from "./open-accounts.ts";
import { readSecrets, type Secrets } from "./secrets.ts";

/** Where the tests' requests come from. */
export const origin = { address: "192.0.2.1", requestId: "request-1", userAgent: "tests" } as const;

/** The password of everybody in the tests. */
export const password = "a long quiet river";

/** A fresh instance with its administrator, over a database of its own, for one test file. */
export interface TestInstance {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly accounts: Accounts;
  readonly administrator: Viewer;
  /** What the store would say of repositories; tests add to it. */
  readonly visibilities: Map<RepositoryName, Visibility>;
  /** Writes down what was used, as a process does every few seconds. */
  flushLastUse(): Promise<void>;
  /** Makes a user and signs them in. */
  addUser(name: string): Promise<Viewer>;
  /** The identity of a client that signs in with one's access token. */
  presentToken(viewer: Viewer, limits?: Partial<NewAccessToken>): Promise<PresentedToken>;
}

/** An access token and whom the registry takes its holder for. */
export interface PresentedToken {
  readonly identity: Identity;
  readonly secret: string;
  readonly accessToken: AccessToken;
}

/** A repository's name, as the door would have parsed it. */
export const repository = parseRepositoryName;

/** Call it at the top of a test file. */
export async function startInstance(options: Pick<AccountsOptions, "mail"> = {}): Promise<TestInstance> {
  const database = openDatabase({ url: await testDatabase(), connections: 5 });
  const secrets = readSecrets(testSecrets());
  const visibilities = new Map<RepositoryName, Visibility>();
  const accounts = openAccounts({
    database,
    secrets,
    publicUrl: "http://localhost:5000",
    ...options,
    findRepository: async (name) => {
      const visibility = visibilities.get(name);
      return visibility && { visibility, names: [name] };
    },
    repositoriesOf: async (organization) =>
      [...visibilities]
        .filter(([name]) => splitRepositoryName(name).organization === organization)
        .map(([name, visibility]) => ({ visibility, names: [name] })),
  });
  afterAll(async () => {
    await accounts.close();
    await database.close();
  });

  const signIn = async (nameOrEmail: string): Promise<Viewer> => {
    const { session } = await accounts.signIn({ nameOrEmail, password, ...origin });
    const viewer = await accounts.findViewer(session.id);
    if (viewer === undefined) throw new Error("the session that was just started is gone");
    return viewer;
  };
  const { session } = await accounts.createFirstAdministrator(
    { setupToken: secrets.setupToken ?? "", name: "ada", email: "ada@example.test", password },
    origin,
  );
  const administrator = await accounts.findViewer(session.id);
  if (administrator === undefined) throw new Error("the administrator's session is gone");

  return {
    database,
    secrets,
    accounts,
    administrator,
    visibilities,
    flushLastUse: () => accounts.close(),
    async addUser(name) {
      await accounts.createUser(administrator, { name, email: `${name}@example.test`, password }, origin);
      return signIn(name);
    },
    async presentToken(viewer, limits) {
      const wanted: NewAccessToken = {
        name: "ci",
        permissions: ["pull"],
        repositoryPatterns: ["**"],
        expiresInDays: 90,
        ...limits,
      };
      const { secret, accessToken } = await accounts.createAccessToken(viewer, wanted, origin);
      const identity = await accounts.authenticateBasic({ name: viewer.name, secret, ...origin });
      return { identity, secret, accessToken };
    },
  };
}
