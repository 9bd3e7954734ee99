import { describe, expect, it } from "vitest";
import { parseDigest } from "./digest.ts";
import { guard } from "./guard.ts";
import type { Permission } from "./permission.ts";
import { parseReference, parseTag } from "./reference.ts";
import type { ManifestPush, MountSource, Registry } from "./registry.ts";
import { parseRepositoryName, type RepositoryName } from "./repository-name.ts";
import { parseUploadId } from "./upload.ts";

const repository = parseRepositoryName("acme/api");
const other = parseRepositoryName("bob/secret");
const digest = parseDigest(`sha256:${"a".repeat(64)}`);
const reference = parseReference("latest");
const tag = parseTag("latest");
const id = parseUploadId("00000000-0000-4000-8000-000000000000");
const page = { limit: 10 };
async function* nothing(): AsyncGenerator<Uint8Array> {}
const source = { bytes: nothing(), length: 0 };
const push: ManifestPush = { content: new Uint8Array(), contentType: undefined, tags: [tag], mayOverwrite: true };
const fromOther: MountSource = { kind: "repository", repository: other };

interface Case<Method extends keyof Registry> {
  readonly parameters: Parameters<Registry[Method]>;
  /** What the caller needs in the repository; `undefined` where no repository is named. */
  readonly needs: readonly Permission[] | undefined;
}

// The type has a row for every method, so the compiler asks for the case of a new one; a test below asks too.
const cases: { readonly [Method in keyof Registry]: Case<Method> } = {
  getManifest: { parameters: [repository, reference], needs: ["pull"] },
  resolveManifest: { parameters: [repository, reference], needs: ["pull"] },
  openBlob: { parameters: [repository, digest, { kind: "last", length: 5 }], needs: ["pull"] },
  resolveBlob: { parameters: [repository, digest], needs: ["pull"] },
  putManifest: { parameters: [repository, { ...push, mayOverwrite: false }], needs: ["pull", "push"] },
  putBlob: { parameters: [repository, digest, source], needs: ["pull", "push"] },
  mountBlob: { parameters: [repository, digest, { kind: "repository", repository }], needs: ["pull", "push"] },
  startUpload: { parameters: [repository, { algorithm: "sha512" }], needs: ["pull", "push"] },
  getUpload: { parameters: [repository, id], needs: ["pull", "push"] },
  appendChunk: { parameters: [repository, id, source], needs: ["pull", "push"] },
  completeUpload: { parameters: [repository, id, digest, source], needs: ["pull", "push"] },
  cancelUpload: { parameters: [repository, id], needs: ["pull", "push"] },
  deleteTag: { parameters: [repository, tag], needs: ["delete"] },
  deleteManifest: { parameters: [repository, digest], needs: ["delete"] },
  deleteBlob: { parameters: [repository, digest], needs: ["delete"] },
  listTags: { parameters: [repository, page], needs: ["pull"] },
  listReferrers: { parameters: [repository, digest, { ...page, artifactType: "a" }], needs: ["pull"] },
  listRepositories: { parameters: [page], needs: undefined },
};

const methods = Object.keys(cases) as readonly (keyof Registry)[];
const guarded = methods.filter((method) => cases[method].needs !== undefined);

/** A registry that answers its own name to everything and notes what it was asked. */
function noting() {
  const calls: { readonly method: string; readonly parameters: readonly unknown[] }[] = [];
  const registry = new Proxy({} as Registry, {
    get: (_, method) => {
      if (String(method).startsWith("seek")) return undefined;
      return async (...parameters: readonly unknown[]) => {
        calls.push({ method: String(method), parameters });
        return `answer of ${String(method)}`;
      };
    },
  });
  return { registry, calls };
}

/** A caller with these permissions in `acme/api`, and these in `bob/secret`. */
function caller(held: readonly Permission[], heldInOther: readonly Permission[] = [], mayListRepositories = false) {
  const asked: (readonly [RepositoryName, Permission])[] = [];
  const may = async (name: RepositoryName, permission: Permission) => {
    asked.push([name, permission]);
    return (name === repository ? held : name === other ? heldInOther : []).includes(permission);
  };
  return { may, asked, mayListRepositories };
}

function call(registry: Registry, method: keyof Registry): Promise<unknown> {
  const run = registry[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
  return run.apply(registry, cases[method].parameters);
}

const unauthorized = expect.objectContaining({ code: "UNAUTHORIZED", status: 401, detail: undefined });
const everything: readonly Permission[] = ["pull", "push", "overwrite", "delete", "administer"];

describe("guard", () => {
  it("has a case here for every method that it guards", () => {
    const made = Object.getPrototypeOf(guard(noting().registry, caller([])));
    const names = Object.getOwnPropertyNames(made).filter((name) => name !== "constructor");
    expect(names.toSorted()).toEqual(methods.toSorted());
  });

  it.each(guarded)("%s asks for exactly what it needs, and hands the request on as it is", async (method) => {
    const { registry, calls } = noting();
    const { needs, parameters } = cases[method];
    const allowed = caller(needs ?? []);
    expect(await call(guard(registry, allowed), method)).toBe(`answer of ${method}`);
    expect(calls).toEqual([{ method, parameters }]);
    const permissions = new Set(allowed.asked.filter(([name]) => name === repository).map(([, asked]) => asked));
    expect([...permissions].sort()).toEqual([...(needs ?? [])].sort());
  });

  it.each(guarded)("%s without any one of what it needs is refused before the registry is touched", async (method) => {
    for (const missing of cases[method].needs ?? []) {
      const { registry, calls } = noting();
      const held = everything.filter((permission) => permission !== missing);
      await expect(call(guard(registry, caller(held)), method)).rejects.toEqual(unauthorized);
      expect(calls).toEqual([]);
    }
  });

  it.each(guarded)("T16: %s refuses a stranger alike for what is private and for what is absent", async (method) => {
    const refusals = await Promise.all(
      [repository, parseRepositoryName("acme/absent")].map(async (name) => {
        const { registry, calls } = noting();
        const wrapped = guard(registry, caller([]));
        const run = wrapped[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
        const [settled] = await Promise.allSettled([run.apply(wrapped, [name, ...cases[method].parameters.slice(1)])]);
        expect(calls).toEqual([]);
        return JSON.stringify(settled.status === "rejected" ? { ...settled.reason, text: String(settled.reason) } : 0);
      }),
    );
    expect(refusals[0]).toContain("UNAUTHORIZED");
    expect(refusals[1]).toBe(refusals[0]);
  });

  it.each(guarded)("%s gives nothing for rights in another organization's repository", async (method) => {
    const { registry, calls } = noting();
    await expect(call(guard(registry, caller([], everything)), method)).rejects.toEqual(unauthorized);
    expect(calls).toEqual([]);
  });

  it.each(methods)("%s fails when the rights cannot be read, and touches nothing", async (method) => {
    const { registry, calls } = noting();
    const outage = new Error("the database is down");
    const may = () => Promise.reject(outage);
    const wrapped = guard(registry, { may, mayListRepositories: false });
    const [settled] = await Promise.allSettled([call(wrapped, method)]);
    expect(settled).toMatchObject(
      method === "listRepositories" ? { reason: { code: "UNAUTHORIZED" } } : { status: "rejected", reason: outage },
    );
    expect(calls).toEqual([]);
  });

  it("T07: lists all repositories only for those who may, whatever else they hold", async () => {
    const { registry, calls } = noting();
    await expect(guard(registry, caller(everything, everything)).listRepositories(page)).rejects.toEqual(unauthorized);
    expect(calls).toEqual([]);
    await guard(registry, caller([], [], true)).listRepositories(page);
    expect(calls).toEqual([{ method: "listRepositories", parameters: [page] }]);
  });
});

describe("guard and a registry that seeks", () => {
  /** A registry whose sought things say what was asked of them. */
  function seeking() {
    const calls: string[] = [];
    const sought = (what: string) =>
      new Proxy({} as never, {
        get: (_, method) => async (range?: unknown) => {
          calls.push(`${what} ${String(method)}`);
          return { of: `${what} ${String(method)}`, range };
        },
      });
    const registry = Object.assign(noting().registry, {});
    const seekManifest = () => {
      calls.push("seek manifest");
      return sought("manifest");
    };
    const seekBlob = () => {
      calls.push("seek blob");
      return sought("blob");
    };
    return { registry: { ...registry, seekManifest, seekBlob } as Registry, calls };
  }

  const range = { kind: "last", length: 5 } as const;
  const reads = [
    ["getManifest", "manifest", "get", (registry: Registry) => registry.getManifest(repository, reference)],
    ["resolveManifest", "manifest", "resolve", (registry: Registry) => registry.resolveManifest(repository, reference)],
    ["openBlob", "blob", "open", (registry: Registry) => registry.openBlob(repository, digest, range)],
    ["resolveBlob", "blob", "resolve", (registry: Registry) => registry.resolveBlob(repository, digest)],
  ] as const;

  it.each(reads)("%s takes what was sought while the rights were asked for", async (_, what, method, read) => {
    const { registry, calls } = seeking();
    const answer = await read(guard(registry, caller(["pull"])));
    expect(answer).toEqual({ of: `${what} ${method}`, range: method === "open" ? range : undefined });
    expect(calls).toEqual([`seek ${what}`, `${what} ${method}`]);
  });

  it.each(reads)(
    "T16: %s asks nothing of what was sought for somebody who may not have it",
    async (_, what, _method, read) => {
      const { registry, calls } = seeking();
      await expect(read(guard(registry, caller([])))).rejects.toEqual(unauthorized);
      expect(calls).toEqual([`seek ${what}`]);
    },
  );
});

describe("guard and the tags of a push", () => {
  const overwriteGiven = async (held: readonly Permission[], mayOverwrite: boolean) => {
    const { registry, calls } = noting();
    await guard(registry, caller(held)).putManifest(repository, { ...push, mayOverwrite });
    const [, given] = calls[0]!.parameters as readonly [unknown, ManifestPush];
    expect(given).toEqual({ ...push, mayOverwrite: given.mayOverwrite });
    return given.mayOverwrite;
  };

  it("T19: lets tags move only for a caller who may overwrite and a push that may", async () => {
    expect(await overwriteGiven(["pull", "push", "overwrite"], true)).toBe(true);
    expect(await overwriteGiven(["pull", "push"], true)).toBe(false);
    expect(await overwriteGiven(["pull", "push", "overwrite"], false)).toBe(false);
    expect(await overwriteGiven(["pull", "push", "delete", "administer"], true)).toBe(false);
  });
});

describe("guard and the source of a mount", () => {
  it("T15: answers nothing, without a look, for a source that the caller may not pull from", async () => {
    const { registry, calls } = noting();
    const wrapped = guard(registry, caller(everything, ["push", "delete", "administer"]));
    expect(await wrapped.mountBlob(repository, digest, fromOther)).toBeUndefined();
    const absent: MountSource = { kind: "repository", repository: parseRepositoryName("bob/absent") };
    expect(await wrapped.mountBlob(repository, digest, absent)).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it("mounts from a source that the caller may pull from", async () => {
    const { registry, calls } = noting();
    await guard(registry, caller(["pull", "push"], ["pull"])).mountBlob(repository, digest, fromOther);
    expect(calls).toEqual([{ method: "mountBlob", parameters: [repository, digest, fromOther] }]);
  });

  it("T15: takes the right to pull from the source for no right in the target", async () => {
    const { registry, calls } = noting();
    const wrapped = guard(registry, caller(["pull"], everything));
    await expect(wrapped.mountBlob(repository, digest, fromOther)).rejects.toEqual(unauthorized);
    expect(calls).toEqual([]);
  });

  it("T15: without a source, leaves only repositories that both the caller and the mount may read", async () => {
    const { registry, calls } = noting();
    const wrapped = guard(registry, caller(["pull", "push"], ["push"]));
    const candidates = [repository, other, parseRepositoryName("bob/absent")];
    for (const mayRead of [async () => true, async (name: RepositoryName) => name !== repository]) {
      await wrapped.mountBlob(repository, digest, { kind: "any", mayRead });
    }
    const readable = await Promise.all(
      calls.map(async ({ parameters }) => {
        const given = parameters[2] as MountSource;
        if (given.kind !== "any") throw new Error("the mount names a source");
        return Promise.all(candidates.map((candidate) => given.mayRead(candidate)));
      }),
    );
    expect(readable).toEqual([
      [true, false, false],
      [false, false, false],
    ]);
  });
});
