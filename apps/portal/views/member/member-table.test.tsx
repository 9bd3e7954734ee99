import type { Member } from "@layerport/accounts";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { MemberTable } from "./member-table.tsx";

const jo: Member = {
  name: "jo",
  displayName: "Jo Brandt",
  role: undefined,
  effectiveRole: "reader",
  teams: ["web"],
  isSuspended: false,
  joinedAt: new Date(),
  lastActiveAt: undefined,
};
const mia: Member = { ...jo, name: "mia", displayName: undefined, role: "owner", effectiveRole: "owner", teams: [] };

const draw = (given: Partial<Parameters<typeof MemberTable>[0]> = {}) =>
  renderToStaticMarkup(
    <MemberTable
      organization="acme"
      defaultRole="reader"
      members={{ entries: [jo, mia], total: 2 }}
      viewerName="jo"
      mayChange={false}
      showsActivity={false}
      back="/o/acme/-/members"
      {...given}
    />,
  );

describe("the members", () => {
  it("who have no role of their own have the default, and the row says which that is", () => {
    expect(draw()).toContain("default (reader)");
    expect(draw({ defaultRole: undefined })).toContain("default (none)");
  });

  it("can leave by themselves, and be changed or removed by owners only", () => {
    expect(draw()).toContain('aria-label="Leave acme"');
    expect(draw()).not.toContain("Remove mia");
    expect(draw({ mayChange: true, viewerName: "mia" })).toContain('aria-label="Remove jo"');
    expect(draw({ mayChange: true, viewerName: "mia" })).toContain('aria-label="Change the role of jo"');
  });

  it("are told apart by when they were here last only where the viewer is told that", () => {
    expect(draw()).not.toContain("Last active");
    expect(draw({ showsActivity: true })).toContain("never");
  });
});
