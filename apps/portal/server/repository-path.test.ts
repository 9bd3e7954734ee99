import { createHash } from "node:crypto";
import { parseDigest, parseRepositoryName, parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { isInternalRoute, manifestPath, referencePath, settingsPath, tagPath, tagsPath } from "./repository-path.ts";

const digest = parseDigest(`sha256:${createHash("sha256").update("manifest").digest("hex")}`);

it("the routes behind a repository's addresses have no address of their own", () => {
  expect(isInternalRoute("/repository/tags/acme/api")).toBe(true);
  expect(isInternalRoute("/r/acme/api/-/tags")).toBe(false);
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

it("a page's address has the whole name, and what follows it after a lone dash, which no name has as a part", () => {
  const repository = parseRepositoryName("acme/team/api");
  expect(tagsPath(repository)).toBe("/r/acme/team/api/-/tags");
  expect(tagPath(repository, parseTag("4.12.1"))).toBe("/r/acme/team/api/-/tags/4.12.1");
  expect(settingsPath(repository)).toBe("/r/acme/team/api/-/settings");
  expect(settingsPath(repository, "access")).toBe("/r/acme/team/api/-/settings/access");
  expect(manifestPath(repository, digest)).toBe(`/r/acme/team/api/-/manifests/${digest}`);
});
