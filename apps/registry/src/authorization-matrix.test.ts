import type { Viewer } from "@layerport/accounts";
import {
  type Actor,
  type Permission,
  permissions,
  type RepositoryName,
  type Role,
  type Visibility,
} from "@layerport/registry-core";
import { blob, bytes, digestOf, image, push, pushBlob } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { endpointIds, parseEndpoint, routes } from "./endpoint.ts";
import { parseRequestTarget } from "./request-target.ts";
import { password, repository, startDoor, type TestAnswer, type TestDoor, type TestRequest } from "./test-door.ts";

/** What a principal may do in the organization acme, read off the matrix of rights and not off the code. */
const rightsInAcme = {
  anonymous: [],
  stranger: [],
  "member-without-role": [],
  reader: ["pull"],
  writer: ["pull", "push", "overwrite"],
  maintainer: permissions,
  owner: permissions,
  "team-member": ["pull", "push"],
  auditor: ["pull"],
  administrator: permissions,
  "robot-that-pulls": ["pull"],
  "robot-that-pushes": ["pull", "push"],
  "robot-for-all": ["pull", "push", "overwrite", "delete"],
} as const satisfies Record<string, readonly Permission[]>;

type PrincipalKind = keyof typeof rightsInAcme;

const principalKinds = Object.keys(rightsInAcme) as readonly PrincipalKind[];

/** What a credential may be used for, at most. */
const credentials = {
  none: { for: "nobody", permissions, organizations: ["acme", "globex"] },
  "anonymous-bearer": { for: "nobody", permissions, organizations: ["acme", "globex"] },
  password: { for: "person", permissions, organizations: ["acme", "globex"] },
  "password-bearer": { for: "person", permissions, organizations: ["acme", "globex"] },
  "token-for-all": { for: "person", permissions, organizations: ["acme", "globex"] },
  "token-for-pulls": { for: "person", permissions: ["pull"], organizations: ["acme", "globex"] },
  "token-for-acme": { for: "person", permissions, organizations: ["acme"] },
  "token-for-pulls-bearer": { for: "person", permissions: ["pull"], organizations: ["acme", "globex"] },
  secret: { for: "robot", permissions, organizations: ["acme", "globex"] },
  "secret-bearer": { for: "robot", permissions, organizations: ["acme", "globex"] },
} as const satisfies Record<
  string,
  {
    readonly for: "nobody" | "person" | "robot";
    readonly permissions: readonly Permission[];
    readonly organizations: readonly string[];
  }
>;

type CredentialKind = keyof typeof credentials;

const visibilities: readonly Visibility[] = ["private", "public"];
/** Each case in acme has a twin in globex, where nobody but those who see the whole instance has a right. */
const tenants = ["acme", "globex"] as const;

interface Principal {
  readonly kind: PrincipalKind;
  readonly credential: CredentialKind;
  /** What the request carries for these scopes. */
  readonly present: (...scopes: string[]) => Promise<string | undefined>;
  readonly actor: Actor;
}

interface Case extends Principal {
  readonly tenant: (typeof tenants)[number];
  readonly visibility: Visibility;
  readonly repository: RepositoryName;
}

/** A request to a route: what it needs, and how it is answered to those who have that. */
interface RouteCase {
  readonly endpoint: (typeof endpointIds)[number];
  readonly resource: string;
  readonly methods: readonly string[];
  readonly needs: readonly Permission[] | "credential" | "everything";
  readonly status: number;
  readonly arrange?: (one: Case) => Promise<string>;
  readonly path: (one: Case, arranged: string) => string;
  readonly request?: TestRequest;
  /** Where the answer depends on a further right: the status without it. */
  readonly otherwise?: { readonly without: Permission; readonly status: number };
}

let door: TestDoor;
const content = bytes("what the matrix uploads");
const digest = digestOf(content);
const arrangedImage = image({ layers: ["matrix"] });
const otherImage = image({ layers: ["another"] });
const startUpload = async ({ repository: name, actor }: Case) =>
  (await door.memory.registryFor(actor).startUpload(name)).id;
const putImage = async ({ repository: name }: Case) => {
  await push(door.registry, name, arrangedImage, ["latest"]);
  return arrangedImage.digest;
};
const putConfig = async ({ repository: name }: Case) => {
  for (const part of otherImage.blobs) await pushBlob(door.registry, name, part);
  return otherImage.digest;
};
const manifestBody: TestRequest = { body: otherImage.content, headers: { "content-type": otherImage.mediaType } };
const blobBody: TestRequest = { body: content, headers: { "content-type": "application/octet-stream" } };

const read = ["GET", "HEAD"];
const at = (name: RepositoryName, rest: string) => `/v2/${name}/${rest}`;

const routeCases: readonly RouteCase[] = [
  { endpoint: "end-1", resource: "base", methods: read, needs: "credential", status: 200, path: () => "/v2/" },
  {
    endpoint: "catalog",
    resource: "catalog",
    methods: read,
    needs: "everything",
    status: 200,
    path: () => "/v2/_catalog?n=1",
  },
  {
    endpoint: "end-2",
    resource: "blob",
    methods: read,
    needs: ["pull"],
    status: 200,
    arrange: putImage,
    path: (one) => at(one.repository, `blobs/${arrangedImage.config.descriptor.digest}`),
  },
  {
    endpoint: "end-10",
    resource: "blob",
    methods: ["DELETE"],
    needs: ["delete"],
    status: 202,
    arrange: async ({ repository: name }) => {
      await pushBlob(door.registry, name, blob(content));
      return digest;
    },
    path: (one, arranged) => at(one.repository, `blobs/${arranged}`),
  },
  {
    endpoint: "end-3",
    resource: "manifest",
    methods: read,
    needs: ["pull"],
    status: 200,
    arrange: putImage,
    path: (one) => at(one.repository, "manifests/latest"),
  },
  {
    endpoint: "end-7a",
    resource: "manifest",
    methods: ["PUT"],
    needs: ["pull", "push"],
    status: 201,
    arrange: putConfig,
    path: (one) => at(one.repository, "manifests/fresh"),
    request: manifestBody,
  },
  {
    endpoint: "end-7a",
    resource: "manifest",
    methods: ["PUT"],
    needs: ["pull", "push"],
    status: 201,
    otherwise: { without: "overwrite", status: 403 },
    arrange: async (one) => {
      await push(door.registry, one.repository, arrangedImage, ["moved"]);
      return putConfig(one);
    },
    path: (one) => at(one.repository, "manifests/moved"),
    request: manifestBody,
  },
  {
    endpoint: "end-7b",
    resource: "manifest",
    methods: ["PUT"],
    needs: ["pull", "push"],
    status: 201,
    arrange: putConfig,
    path: (one, arranged) => at(one.repository, `manifests/${arranged}?tag=tagged`),
    request: manifestBody,
  },
  {
    endpoint: "end-9",
    resource: "manifest",
    methods: ["DELETE"],
    needs: ["delete"],
    status: 202,
    arrange: putImage,
    path: (one) => at(one.repository, "manifests/latest"),
  },
  {
    endpoint: "end-4a",
    resource: "uploads",
    methods: ["POST"],
    needs: ["pull", "push"],
    status: 202,
    path: (one) => at(one.repository, "blobs/uploads/"),
  },
  {
    endpoint: "end-4b",
    resource: "uploads",
    methods: ["POST"],
    needs: ["pull", "push"],
    status: 201,
    path: (one) => at(one.repository, `blobs/uploads/?digest=${digest}`),
    request: blobBody,
  },
  {
    endpoint: "end-4c",
    resource: "uploads",
    methods: ["POST"],
    needs: ["pull", "push"],
    status: 202,
    path: (one) => at(one.repository, "blobs/uploads/?digest-algorithm=sha512"),
  },
  {
    endpoint: "end-11",
    resource: "uploads",
    methods: ["POST"],
    needs: ["pull", "push"],
    status: 201,
    arrange: async (one) => {
      const source = repository(`${one.repository}-source`);
      await pushBlob(door.registry, source, blob(bytes("mounted")));
      return source;
    },
    path: (one, source) => at(one.repository, `blobs/uploads/?mount=${digestOf(bytes("mounted"))}&from=${source}`),
  },
  {
    endpoint: "end-13",
    resource: "upload",
    methods: read,
    needs: ["pull", "push"],
    status: 204,
    arrange: startUpload,
    path: (one, id) => at(one.repository, `blobs/uploads/${id}`),
  },
  {
    endpoint: "end-5",
    resource: "upload",
    methods: ["PATCH"],
    needs: ["pull", "push"],
    status: 202,
    arrange: startUpload,
    path: (one, id) => at(one.repository, `blobs/uploads/${id}`),
    request: blobBody,
  },
  {
    endpoint: "end-6",
    resource: "upload",
    methods: ["PUT"],
    needs: ["pull", "push"],
    status: 201,
    arrange: startUpload,
    path: (one, id) => at(one.repository, `blobs/uploads/${id}?digest=${digest}`),
    request: blobBody,
  },
  {
    endpoint: "end-14",
    resource: "upload",
    methods: ["DELETE"],
    needs: ["pull", "push"],
    status: 204,
    arrange: startUpload,
    path: (one, id) => at(one.repository, `blobs/uploads/${id}`),
  },
  {
    endpoint: "end-8a",
    resource: "tags",
    methods: read,
    needs: ["pull"],
    status: 200,
    path: (one) => at(one.repository, "tags/list"),
  },
  {
    endpoint: "end-8b",
    resource: "tags",
    methods: read,
    needs: ["pull"],
    status: 200,
    path: (one) => at(one.repository, "tags/list?n=1"),
  },
  {
    endpoint: "end-12a",
    resource: "referrers",
    methods: read,
    needs: ["pull"],
    status: 200,
    path: (one) => at(one.repository, `referrers/${digest}`),
  },
  {
    endpoint: "end-12b",
    resource: "referrers",
    methods: read,
    needs: ["pull"],
    status: 200,
    path: (one) => at(one.repository, `referrers/${digest}?artifactType=x/y`),
  },
];

/** What somebody holds with a credential in one repository. */
function rightsOf({
  kind,
  credential,
  tenant,
  visibility,
}: Omit<Case, "repository" | "present" | "actor">): Set<Permission> {
  const limits: { readonly permissions: readonly Permission[]; readonly organizations: readonly string[] } =
    credentials[credential];
  const seesEverything = kind === "administrator" || kind === "auditor";
  const held: readonly Permission[] = tenant === "acme" || seesEverything ? rightsInAcme[kind] : [];
  const isPerson = credentials[credential].for === "person";
  const isPublicPull = visibility === "public" && isPerson;
  const all = isPublicPull ? [...held, "pull" as const] : held;
  if (!limits.organizations.includes(tenant)) return new Set();
  return new Set(all.filter((permission) => limits.permissions.includes(permission)));
}

function expectedStatus(route: RouteCase, one: Case): number {
  const { kind, credential } = one;
  if (route.needs === "credential") return credentials[credential].for === "nobody" ? 401 : route.status;
  if (route.needs === "everything") {
    const isOverseer = kind === "administrator" || kind === "auditor";
    return isOverseer && credential !== "token-for-acme" ? route.status : 401;
  }
  const held = rightsOf(one);
  if (route.needs.some((permission) => !held.has(permission))) return 401;
  return route.otherwise !== undefined && !held.has(route.otherwise.without) ? route.otherwise.status : route.status;
}

const cases: Case[] = [];

beforeAll(async () => {
  door = await startDoor({ organizations: tenants });
  const principals = await preparePrincipals();
  for (const principal of principals) {
    for (const tenant of tenants) {
      for (const visibility of visibilities) {
        const name = repository(`${tenant}/case-${cases.length}`);
        door.memory.setVisibility(name, visibility);
        cases.push({ ...principal, tenant, visibility, repository: name });
      }
    }
  }
}, 120_000);

/** Everybody of the table, with everything that they can show for themselves. */
async function preparePrincipals(): Promise<readonly Principal[]> {
  const { accounts, administrator } = door;
  const viewers = new Map<PrincipalKind, Viewer>([["administrator", administrator]]);
  const people = principalKinds.filter((kind) => kind !== "anonymous" && !kind.startsWith("robot"));
  for (const kind of people) {
    if (!viewers.has(kind)) viewers.set(kind, await door.viewerOf(await door.addUser(kind)));
  }
  const owner = viewers.get("owner") ?? administrator;
  await accounts.createOrganization(owner, { name: "acme" });
  await accounts.createOrganization(await door.viewerOf(await door.addUser("rival")), { name: "globex" });
  await accounts.changeOrganization(owner, "acme", { defaultRole: "none" });
  for (const role of ["reader", "writer", "maintainer"] satisfies Role[]) {
    await accounts.addMember(owner, { organization: "acme", user: role, role });
  }
  for (const user of ["member-without-role", "team-member"]) {
    await accounts.addMember(owner, { organization: "acme", user, role: undefined });
  }
  await accounts.createTeam(owner, "acme", { name: "team" });
  await accounts.addTeamMember(owner, { organization: "acme", team: "team" }, "team-member");
  await accounts.createGrant(owner, "acme", {
    principal: { kind: "team", name: "team" },
    pattern: "acme/case-*",
    permissions: ["push"],
  });
  await accounts.changeUserRoles(administrator, { name: "auditor", roles: { isAuditor: true } });

  const nobody = accounts.actorOf(accounts.anonymous);
  const found: Principal[] = [
    { kind: "anonymous", credential: "none", actor: nobody, present: async () => undefined },
    {
      kind: "anonymous",
      credential: "anonymous-bearer",
      actor: nobody,
      present: bearerFor(undefined),
    },
  ];
  for (const [kind, viewer] of viewers) {
    const actor = accounts.actorOf(viewer.identity);
    const token = async (wanted: readonly Permission[], pattern: string) => {
      const made = { name: "matrix", permissions: wanted, repositoryPatterns: [pattern], expiresInDays: 1 };
      return `${viewer.name}:${(await accounts.createAccessToken(viewer, made)).secret}`;
    };
    const withPassword = `${viewer.name}:${password}`;
    const forPulls = await token(["pull"], "**");
    const forAll = await token(["overwrite", "delete"], "**");
    const forAcme = await token(["overwrite", "delete"], "acme/**");
    found.push(
      { kind, actor, credential: "password", present: async () => withPassword },
      { kind, actor, credential: "password-bearer", present: bearerFor(withPassword) },
      { kind, actor, credential: "token-for-all", present: async () => forAll },
      { kind, actor, credential: "token-for-pulls", present: async () => forPulls },
      { kind, actor, credential: "token-for-acme", present: async () => forAcme },
      { kind, actor, credential: "token-for-pulls-bearer", present: bearerFor(forPulls) },
    );
  }
  for (const kind of principalKinds.filter((one) => one.startsWith("robot"))) {
    const grants = [{ pattern: "acme/**", permissions: rightsInAcme[kind] }];
    const { secret } = await accounts.createRobot(owner, "acme", { name: kind, expiresInDays: 1, grants });
    const login = `acme+${kind}:${secret}`;
    const identity = await accounts.authenticateBasic({ name: `acme+${kind}`, secret, address: "192.0.2.1" });
    const actor = accounts.actorOf(identity);
    found.push(
      { kind, actor, credential: "secret", present: async () => login },
      { kind, actor, credential: "secret-bearer", present: bearerFor(login) },
    );
  }
  return found;
}

/** A bearer token, asked for once: it lasts longer than the file. */
function bearerFor(login: string | undefined): Principal["present"] {
  const known = new Map<string, Promise<string>>();
  return (...scopes) => {
    const key = scopes.join(" ");
    const asked = known.get(key) ?? door.bearer(login, ...scopes);
    known.set(key, asked);
    return asked;
  };
}

async function ask(route: RouteCase, method: string, one: Case): Promise<TestAnswer> {
  const arranged = (await route.arrange?.(one)) ?? "";
  const scopes = [
    `repository:${one.repository}:pull,push,delete`,
    ...(route.endpoint === "end-11" ? [`repository:${arranged}:pull`] : []),
    ...(route.endpoint === "catalog" ? ["registry:catalog:*"] : []),
  ];
  const as = await one.present(...scopes);
  return door.send(method, route.path(one, arranged), { ...route.request, as });
}

function describeCase({ kind, credential, tenant, visibility }: Case): string {
  return `${kind} by ${credential}, ${visibility} repository of ${tenant}`;
}

/** So many requests are under way at a time. */
async function forEach(all: readonly Case[], work: (one: Case) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

describe("§6.2, the matrix of rights", () => {
  it("has a case for every route and method that the door knows", () => {
    const known = routes.map(({ resource, method }) => `${method} ${resource}`);
    const covered = routeCases.flatMap(({ resource, methods }) => methods.map((method) => `${method} ${resource}`));
    expect([...new Set(covered)].sort()).toEqual([...known].sort());
  });

  it("has a case for every endpoint of the specification, each read as what it is meant to be", () => {
    const [one] = cases;
    if (one === undefined) throw new Error("there are no cases");
    const id = "6e9a7a3e-0000-4000-8000-00000000a11c";
    const parsed = routeCases.flatMap((route) =>
      route.methods.map((method) => {
        const arranged = route.resource === "upload" ? id : route.endpoint === "end-11" ? "acme/x" : digest;
        return [route.endpoint, parseEndpoint(method, parseRequestTarget(route.path(one, arranged))).id];
      }),
    );
    for (const [meant, readAs] of parsed) expect(readAs).toBe(meant);
    expect(new Set(parsed.map(([meant]) => meant))).toEqual(new Set(endpointIds));
  });

  it("has every role with every credential that it can have, in both tenants and both visibilities", () => {
    const wanted = principalKinds.flatMap((kind) =>
      Object.entries(credentials)
        .filter(([, { for: whose }]) => whose === whoseOf(kind))
        .flatMap(([credential]) =>
          tenants.flatMap((tenant) =>
            visibilities.map((visibility) => `${kind} ${credential} ${tenant} ${visibility}`),
          ),
        ),
    );
    const had = cases.map(
      ({ kind, credential, tenant, visibility }) => `${kind} ${credential} ${tenant} ${visibility}`,
    );
    expect(had.sort()).toEqual(wanted.sort());
  });

  it.each(routeCases.flatMap((route) => route.methods.map((method) => [method, route.endpoint, route] as const)))(
    "T16, T21: %s %s is answered to each as the matrix says, and refused to all others alike",
    async (method, _endpoint, route) => {
      const wrong: string[] = [];
      const refusals = new Set<string>();
      await forEach(cases, async (one) => {
        const answer = await ask(route, method, one);
        const expected = expectedStatus(route, one);
        if (answer.status !== expected) wrong.push(`${describeCase(one)}: ${answer.status}, not ${expected}`);
        if (answer.status === 401 && method !== "HEAD") refusals.add(withoutNames(answer.text, one));
      });
      expect(wrong.sort()).toEqual([]);
      // Who is signed in and who is not are told apart, and nothing else is.
      expect(refusals.size).toBeLessThanOrEqual(2);
    },
    60_000,
  );

  it("T16: a repository that does not exist is refused with the same bytes as a private one", async () => {
    const wrong: string[] = [];
    const hidden = cases.filter((one) => one.visibility === "private" && rightsOf(one).size === 0);
    await forEach(hidden, async (one) => {
      for (const rest of ["manifests/latest", `blobs/${digest}`, "tags/list", `referrers/${digest}`]) {
        const absent = repository(`${one.repository}-absent`);
        const as = await one.present(`repository:${one.repository}:pull`, `repository:${absent}:pull`);
        const [present, missing] = await Promise.all(
          [one.repository, absent].map((name) => door.send("GET", at(name, rest), { as })),
        );
        const same = present?.status === 401 && missing?.status === 401;
        const texts = [
          withoutNames(present?.text ?? "", one),
          withoutNames(missing?.text ?? "", { repository: absent }),
        ];
        if (!same || texts[0] !== texts[1]) wrong.push(`${describeCase(one)} ${rest}`);
      }
    });
    expect(wrong).toEqual([]);
  });
});

function whoseOf(kind: PrincipalKind): "nobody" | "person" | "robot" {
  if (kind === "anonymous") return "nobody";
  return kind.startsWith("robot") ? "robot" : "person";
}

function withoutNames(text: string, { repository: name }: Pick<Case, "repository">): string {
  return text.replaceAll(name, "<name>");
}
