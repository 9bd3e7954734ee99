import { parseOrganizationName, parseRepositoryName, parseTag, type RepositorySummary } from "@layerport/registry-core";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { RepositoryRows } from "./repository-rows.tsx";

const api: RepositorySummary = {
  name: parseRepositoryName("acme/team/api"),
  organization: parseOrganizationName("acme"),
  visibility: "private",
  description: undefined,
  tagCount: 1034,
  newestTag: parseTag("4.12.1"),
  platforms: [
    { os: "linux", architecture: "arm64" },
    { os: "linux", architecture: "amd64" },
  ],
  sizeBytes: 44_100_000,
  lastPushedAt: new Date(Date.now() - 3 * 60 * 60 * 1000),
};

const draw = (repository: Partial<RepositorySummary>, total?: number) =>
  renderToStaticMarkup(
    <RepositoryRows
      label="Repositories"
      repositories={[{ ...api, ...repository }]}
      {...(total === undefined ? {} : { total })}
    />,
  );
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/ +/g, " ");

describe("a repository's row", () => {
  it("leads to its tags and to its newest tag, and says what that runs on and weighs", () => {
    const markup = draw({});
    expect(markup).toContain('href="/r/acme/team/api/-/tags"');
    expect(markup).toContain('href="/r/acme/team/api/-/tags/4.12.1"');
    expect(textOf(markup)).toMatch(/amd64 +arm64/);
    expect(textOf(markup)).toContain("44.1\u00A0MB");
    expect(textOf(markup)).toContain("1,034");
  });

  it("says in words who may see it", () => {
    expect(textOf(draw({}))).toContain("private");
    expect(textOf(draw({ visibility: "public" }))).toContain("public");
  });

  it("of which nothing was pushed says so, without a size", () => {
    const text = textOf(
      draw({ newestTag: undefined, platforms: [], sizeBytes: undefined, lastPushedAt: undefined, tagCount: 0 }),
    );
    expect(text).toContain("no tags");
    expect(text).toContain("never");
    expect(text).not.toContain("MB");
    expect(text).not.toContain("NaN");
  });

  it("shows its description as text (T41)", () => {
    expect(draw({ description: "<img src=x onerror=alert(1)>" })).not.toContain("<img");
  });

  it("is one of as many as there are, where the page shows only some", () => {
    expect(draw({}, 5000)).toContain('aria-rowcount="5000"');
    expect(draw({})).not.toContain("aria-rowcount");
  });
});
