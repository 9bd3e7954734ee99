import { createHash } from "node:crypto";
import { parseDigest, parseRepositoryName, parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { internalRoute, manifestPath, referencePath, tagPath, tagsPath } from "./repository-path.ts";

const digest = parseDigest(`sha256:${createHash("sha256").update("manifest").digest("hex")}`);

describe("the internal route of a repository's page", () => {
  it.each([
    ["/r/acme/api", "/repository/acme~api"],
    ["/r/acme/api/", "/repository/acme~api"],
    ["/r/alpine/-/tags", "/repository/alpine/tags"],
    ["/r/acme/team/web/api/-/tags/4.12.1", "/repository/acme~team~web~api/tags/4.12.1"],
    [`/r/acme/api/-/manifests/${digest}`, `/repository/acme~api/manifests/${digest}`],
    // A repository may be named like a page.
    ["/r/acme/tags/-/tags", "/repository/acme~tags/tags"],
    ["/r/acme/manifests", "/repository/acme~manifests"],
  ])("of %s holds its name in one part", (path, route) => {
    expect(internalRoute(path)).toBe(route);
  });

  it.each([
    "/",
    "/explore",
    "/r/",
    "/r/-/tags",
    "/r/Acme/api/-/tags",
    "/r/acme//api/-/tags",
    "/r/acme/../api/-/tags",
    "/r/acme%2Fapi/-/tags",
    "/r/acme/api/-/",
    "/r/acme/api/-/settings",
    "/r/acme/api/-/tags/a/b",
    "/r/acme/api/-/manifests",
    "/repository/acme~api/tags",
  ])("is none for %s", (path) => {
    expect(internalRoute(path)).toBeUndefined();
  });

  it("is none for a name that itself holds the mark which stands for a slash", () => {
    expect(internalRoute("/r/acme~api/-/tags")).toBeUndefined();
  });
});

describe("an image reference that was pasted as a path", () => {
  it("leads to the tag's page, however deep the name", () => {
    expect(referencePath("/acme/api:4.12.1")).toBe("/r/acme/api/-/tags/4.12.1");
    expect(referencePath("/alpine:latest")).toBe("/r/alpine/-/tags/latest");
    expect(referencePath("/acme/team/web:ci_7")).toBe("/r/acme/team/web/-/tags/ci_7");
  });

  it("leads to the manifest's page for a digest", () => {
    expect(referencePath(`/acme/api@${digest}`)).toBe(`/r/acme/api/-/manifests/${digest}`);
  });

  it.each(["/acme/api", "/acme/api:", "/Acme/api:1", "//evil.test:1", "/acme/api:a/b", "/acme/api@sha256:xyz", "/:1"])(
    "is none in %s",
    (path) => {
      expect(referencePath(path)).toBeUndefined();
    },
  );
});

it("every path that a page links to is a route of a page", () => {
  const repository = parseRepositoryName("acme/team/api");
  for (const path of [
    tagsPath(repository),
    tagPath(repository, parseTag("4.12.1")),
    manifestPath(repository, digest),
  ]) {
    expect(internalRoute(path)).toMatch(/^\/repository\/acme~team~api\//);
  }
});
