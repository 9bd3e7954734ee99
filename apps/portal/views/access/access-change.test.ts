import type { AccessChange } from "@layerport/accounts";
import { describe, expect, it } from "vitest";
import { changePath, findChange, findChangeKind, formatChange, joinTicks } from "./access-change.ts";

const grantId = "0198c0de-0000-7000-8000-000000000001";

const changes: readonly AccessChange[] = [
  { kind: "default-role", role: "writer" },
  { kind: "default-role", role: undefined },
  { kind: "member-role", user: "jo", role: "maintainer" },
  { kind: "member-role", user: "jo", role: undefined },
  { kind: "member-removed", user: "jo" },
  { kind: "team-member-added", team: "web", user: "jo" },
  { kind: "team-member-removed", team: "web", user: "jo" },
  { kind: "team-deleted", team: "web" },
  {
    kind: "grant-created",
    grant: { principal: { kind: "team", name: "web" }, pattern: "acme/web-*", permissions: ["pull", "push"] },
  },
  { kind: "grant-changed", id: grantId, permissions: ["pull"] },
  { kind: "grant-removed", id: grantId },
];

describe("a change of rights", () => {
  it.each(changes)("survives its way through an address: $kind", (change) => {
    const { searchParams } = new URL(changePath("acme", formatChange(change), "/o/acme"), "http://localhost");
    const query = Object.fromEntries(searchParams);
    expect(findChangeKind(query)).toBe(change.kind);
    expect(findChange(query)).toEqual(change);
    expect(query.back).toBe("/o/acme");
  });

  it("is none before its form was sent, and one without permissions when no box was ticked", () => {
    const query = { kind: "grant-created", for: "robot", name: "ci", pattern: "acme/**" };
    expect(findChange(joinTicks(query))).toBeUndefined();
    expect(findChange(joinTicks({ ...query, ticks: "1" }))).toMatchObject({ grant: { permissions: [] } });
    expect(findChange(joinTicks({ ...query, ticks: "1", push: "on", pull: "on", delete: "off" }))).toMatchObject({
      grant: { permissions: ["pull", "push"] },
    });
  });

  it.each([
    {},
    { kind: "everything" },
    { kind: "member-role", user: "jo", role: "king" },
    { kind: "member-role", role: "owner" },
    { kind: "grant-created", for: "everybody", name: "x", pattern: "acme/**", permissions: "pull" },
    { kind: "grant-changed", id: "1 OR 1=1", permissions: "pull" },
    { kind: "grant-removed", id: grantId.slice(1) },
    { kind: "grant-changed", id: grantId, permissions: "pull,root" },
    { kind: "team-deleted", team: "a".repeat(1000) },
  ])("cannot be read from %j", (query) => {
    expect(findChange(query)).toBeUndefined();
  });
});
