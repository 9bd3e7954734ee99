import { bytes, digestOf } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { readSubject } from "./image-head.tsx";

describe("what an artifact is attached to", () => {
  it("is the subject of its manifest", () => {
    const digest = digestOf(bytes("image"));
    expect(readSubject(JSON.stringify({ schemaVersion: 2, subject: { digest, size: 1 } }))).toBe(digest);
  });

  it.each([
    {},
    { subject: null },
    { subject: "sha256:1" },
    { subject: {} },
    { subject: { digest: 1 } },
    { subject: { digest: "javascript:alert(1)" } },
    null,
    [],
  ])("is nothing in %j", (manifest) => {
    expect(readSubject(JSON.stringify(manifest))).toBeUndefined();
  });
});
