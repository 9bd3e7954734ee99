import type { AccessExplanation, PermissionExplanation } from "@layerport/accounts";
import { expect, it } from "vitest";
import { toLine } from "./repository-access.ts";

const explanation = (permissions: readonly Partial<PermissionExplanation>[]): AccessExplanation => ({
  subject: { kind: "user", name: "jo" },
  repository: "acme/api",
  permissions: permissions.map((one) => ({
    permission: "pull",
    isAllowed: true,
    paths: [],
    blocks: [],
    sentence: "",
    ...one,
  })),
  sentence: "",
});

it("a person's line has each permission and each way once", () => {
  const [line] = toLine(
    explanation([
      {
        permission: "pull",
        paths: [
          { kind: "default-role", role: "reader", organization: "acme" },
          { kind: "grant", id: "1", pattern: "acme/a*", team: "web", formerName: undefined },
        ],
      },
      {
        permission: "push",
        paths: [{ kind: "grant", id: "1", pattern: "acme/a*", team: "web", formerName: undefined }],
      },
      { permission: "delete" },
    ]),
  );
  expect(line).toEqual({
    kind: "user",
    name: "jo",
    permissions: ["pull", "push"],
    ways: ["default role reader", "grant on acme/a* to team web"],
    block: undefined,
  });
});

it("somebody who may do only what everybody may has no line", () => {
  expect(toLine(explanation([{ paths: [{ kind: "public" }] }]))).toEqual([]);
  expect(toLine(explanation([{}]))).toEqual([]);
});

it("somebody whose right does not hold at present keeps the line and says why", () => {
  const role = { kind: "role", role: "owner", organization: "acme" } as const;
  expect(toLine(explanation([{ paths: [role], blocks: [{ kind: "suspended" }], isAllowed: false }]))).toMatchObject([
    { ways: ["role owner"], block: "suspended" },
  ]);
});
