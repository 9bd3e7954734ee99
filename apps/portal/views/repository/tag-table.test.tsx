import {
  mediaTypes,
  type PlatformImage,
  parseRepositoryName,
  parseTag,
  type TagSummary,
} from "@layerport/registry-core";
import { bytes, digestOf } from "@layerport/testkit";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { artifactName, TagTable } from "./tag-table.tsx";

function platformImage(architecture: string, sizeBytes: number | undefined): PlatformImage {
  return { platform: { os: "linux", architecture }, digest: digestOf(bytes(architecture)), sizeBytes };
}

function tag(name: string, content: string, rest: Partial<TagSummary> = {}): TagSummary {
  return {
    tag: parseTag(name),
    digest: digestOf(bytes(content)),
    mediaType: mediaTypes.ociIndex,
    images: [platformImage("amd64", 41_000_000), platformImage("arm64", 44_000_000)],
    artifactType: undefined,
    pushedAt: new Date(Date.now() - 3 * 60 * 60 * 1000),
    pushedBy: "ci-main",
    ...rest,
  };
}

function draw(tags: readonly TagSummary[], order: "version" | "name" | "pushed" | "size" = "version"): string {
  return renderToStaticMarkup(
    <TagTable
      repository={parseRepositoryName("acme/api")}
      tags={tags}
      total={1034}
      host="reg.example.com"
      order={order}
      path="/r/acme/api/-/tags"
      query={{ q: "4" }}
    />,
  );
}

/** The row of a tag, without its markup. */
function rowOf(markup: string, name: string): string {
  const row = markup.split("<tr").find((part) => part.includes(`>${name}</a>`));
  return (row ?? "").replaceAll(/<[^>]+>/g, " ").replaceAll(/ +/g, " ");
}

describe("the table of tags", () => {
  it("says of each tag what it names, runs on and weighs, and who pushed it", () => {
    const row = rowOf(draw([tag("4.12.1", "one")]), "4.12.1");
    expect(row).toContain(digestOf(bytes("one")).slice(7, 19));
    expect(row).toMatch(/amd64 +arm64/);
    expect(row).toContain("41–44\u00A0MB");
    expect(row).toContain("by ci-main");
  });

  it("says how many tags there are, not how many it shows", () => {
    expect(draw([tag("1", "one")])).toContain('aria-rowcount="1034"');
  });

  it("joins neighbours of one digest by a line, and no others", () => {
    const rails = (names: readonly (readonly [string, string])[]) =>
      [...draw(names.map(([name, content]) => tag(name, content))).matchAll(/<path d="([^"]+)" fill="none"/g)].length;
    expect(
      rails([
        ["4.12.1", "one"],
        ["4.12", "one"],
        ["latest", "one"],
        ["4.12.0", "two"],
      ]),
    ).toBe(3);
    expect(
      rails([
        ["4.12.1", "one"],
        ["4.12.0", "two"],
        ["latest", "one"],
      ]),
    ).toBe(0);
  });

  it("says the line to those who do not see it", () => {
    const markup = draw([tag("4.12.1", "one"), tag("latest", "one"), tag("4.11", "two")]);
    expect(rowOf(markup, "latest")).toContain("same image as the tag above");
    expect(rowOf(markup, "4.12.1")).not.toContain("same image");
    expect(rowOf(markup, "4.11")).not.toContain("same image");
  });

  it("marks an artifact by its kind, and shows no platform for it", () => {
    const artifact = tag("sbom", "sbom", { artifactType: "application/spdx+json", images: [] });
    const row = rowOf(draw([artifact]), "sbom");
    expect(row).toContain("spdx");
    expect(row).not.toContain("amd64");
    expect(row).not.toContain("MB");
  });

  it("leaves a child that is not pushed out of the range of sizes", () => {
    const half = tag("1", "half", { images: [platformImage("amd64", 41_000_000), platformImage("arm64", undefined)] });
    expect(rowOf(draw([half]), "1")).toContain("41.0\u00A0MB");
  });

  it("says so when no child of an index is pushed", () => {
    const none = tag("1", "none", { images: [platformImage("amd64", undefined)] });
    expect(rowOf(draw([none]), "1")).toContain("not pushed yet");
  });

  it("sorts by a link that keeps the filter, and marks the column that it is sorted by", () => {
    const markup = draw([tag("1", "one")], "size");
    expect(markup).toContain('href="/r/acme/api/-/tags?q=4&amp;sort=pushed"');
    expect(markup).toMatch(/aria-sort="descending"[^>]*data-numeric/);
  });

  it("offers the line that pulls each tag", () => {
    expect(draw([tag("4.12.1", "one")])).toContain("Copy docker pull reg.example.com/acme/api:4.12.1");
  });
});

describe("an artifact's kind", () => {
  it.each([
    ["application/vnd.cncf.helm.config.v1+json", "cncf.helm.config"],
    ["application/vnd.dev.cosign.simplesigning.v1+json", "dev.cosign.simplesigning"],
    ["application/spdx+json", "spdx"],
    ["text/plain", "plain"],
    ["nonsense", "nonsense"],
  ])("of %s is %s", (mediaType, name) => {
    expect(artifactName(mediaType)).toBe(name);
  });

  it("is never longer than a badge", () => {
    expect(artifactName(`application/${"x".repeat(300)}`).length).toBeLessThanOrEqual(40);
  });
});
