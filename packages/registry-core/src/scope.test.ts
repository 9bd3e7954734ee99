import { describe, expect, it } from "vitest";
import { formatScope, parseScope } from "./scope.ts";

const granted: Readonly<Record<string, string>> = {
  "repository:acme/api:pull": "repository:acme/api:pull",
  "repository:acme/api:pull,push": "repository:acme/api:pull,push",
  "repository:acme/api:push,pull,delete": "repository:acme/api:pull,push,delete",
  "repository:acme/api:*": "repository:acme/api:pull,push,delete",
  "repository:acme/api:pull,*": "repository:acme/api:pull,push,delete",
  "repository:acme/api:pull,pull": "repository:acme/api:pull",
  "repository:a/b:pull,admin,": "repository:a/b:pull",
  "repository:library/alpine:pull": "repository:alpine:pull",
  "repository:a/b/c/d:delete": "repository:a/b/c/d:delete",
  "repository(plugin):acme/plugin:pull": "repository:acme/plugin:pull",
  "registry:catalog:*": "registry:catalog:*",
};

const dropped = [
  "",
  ":",
  "::",
  "pull",
  "repository",
  "repository:acme/api",
  "repository:acme/api:",
  "repository::pull",
  "repository:acme/api:admin",
  "repository:acme/api:PULL",
  "repository:acme/api: pull",
  "repository:Acme/Api:pull",
  "repository:../secret:pull",
  "repository:acme/api:pull:push,",
  "repository:host:5000/a/b:push",
  "repository:localhost:5000/acme/api:pull,push",
  "Repository:acme/api:pull",
  "repository():acme/api:pull",
  "repository(plugin:acme/api:pull",
  "repository(A):acme/api:pull",
  "registry:catalog:pull",
  "registry:Catalog:*",
  "registry:other:*",
  "registry:catalog",
  "user:alice:pull",
  "__proto__:acme/api:pull",
  `repository:${"a".repeat(256)}:pull`,
];

describe("scopes of the token protocol", () => {
  it.each(Object.entries(granted))("%s stands for %s", (text, scope) => {
    const parsed = parseScope(text);
    expect(parsed && formatScope(parsed)).toBe(scope);
  });

  it.each(dropped)("T23: %j is dropped and refuses nothing", (text) => {
    expect(parseScope(text)).toBeUndefined();
  });

  it("T23: a scope that names a host grants nothing on a repository of the same path", () => {
    // Everything between the first colon and the last is the name, and a name has no colon.
    expect(parseScope("repository:registry.example.com:5000/bob/secret:push")).toBeUndefined();
  });

  it("is written as it was read", () => {
    for (const text of new Set(Object.values(granted))) {
      const scope = parseScope(text);
      expect(scope && parseScope(formatScope(scope))).toEqual(scope);
    }
  });
});
