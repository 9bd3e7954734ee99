import type { AccessGrant } from "@layerport/accounts";
import { parseRepositoryName } from "@layerport/registry-core";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { PermissionMatrix } from "./permission-matrix.tsx";
import { reachOf } from "./reach.ts";

const grant = (id: string, pattern: string, permissions: AccessGrant["permissions"]): AccessGrant => ({
  id,
  principal: { kind: "team", name: "web" },
  pattern,
  permissions,
  createdAt: new Date(),
  createdBy: "mia",
  lastUsedAt: undefined,
  isUnused: false,
});
const grants = [grant("wide", "acme/web-*", ["pull", "push"]), grant("own", "acme/api", ["pull", "push", "overwrite"])];

function draw(mayChange: boolean): string {
  const rows = ["acme/web-shop", "acme/api"].map((name) => {
    const repository = parseRepositoryName(name);
    return reachOf({ name: repository, names: [repository] }, { organization: "acme", grants, defaultRole: "reader" });
  });
  return renderToStaticMarkup(
    <PermissionMatrix
      organization="acme"
      principal={{ kind: "team", name: "web" }}
      rows={rows}
      total={2}
      mayChange={mayChange}
      back="/o/acme/-/teams/web"
    />,
  ).replaceAll("&amp;", "&");
}

/** The query of the link in the cell that is named so. */
function linkOf(name: string): Record<string, string> {
  const cell = new RegExp(`<a[^>]*aria-label="${name}[^>]*>`).exec(draw(true))?.[0] ?? "";
  const href = /href="([^"]*)"/.exec(cell)?.[1] ?? "";
  return Object.fromEntries(new URL(href, "http://localhost").searchParams);
}

describe("a cell of the matrix", () => {
  it("that holds nothing leads to a grant for this repository alone", () => {
    expect(linkOf("delete on acme/web-shop: no")).toMatchObject({
      kind: "grant-created",
      for: "team",
      name: "web",
      pattern: "acme/web-shop",
      permissions: "delete",
      back: "/o/acme/-/teams/web",
    });
  });

  it("beside a grant for this repository adds to that grant", () => {
    expect(linkOf("delete on acme/api: no")).toMatchObject({
      kind: "grant-changed",
      id: "own",
      permissions: "pull,push,overwrite,delete",
    });
  });

  it("that this repository's own grant gives takes the permission out, and with it those that need it", () => {
    expect(linkOf("push on acme/api: yes")).toMatchObject({ kind: "grant-changed", id: "own", permissions: "pull" });
    expect(linkOf("pull on acme/api: yes")).toMatchObject({ kind: "grant-removed", id: "own" });
  });

  it("that a wider grant gives leads to that grant, which reaches further than this row", () => {
    expect(linkOf("push on acme/web-shop: yes, by the grant on acme/web-\\*")).toMatchObject({
      kind: "grant-changed",
      id: "wide",
    });
  });

  it("says in words by which way, so that it reads without colour", () => {
    const text = draw(false).replaceAll(/<[^>]+>/g, " ");
    expect(text).toMatch(/acme\/web-shop\s+yes,\s+team, default/);
  });

  it("is no link for whoever may not change grants", () => {
    expect(draw(false)).not.toContain("data-grid-cell");
  });
});
