import { expect, it } from "vitest";
import { findUserChange, userChanges } from "./user-changes.ts";

it("an account's page offers only what would change something", () => {
  const possible = (user: Parameters<typeof findUserChange>[1]) =>
    userChanges.filter((change) => findUserChange(change, user) === change);
  expect(possible({ isAdministrator: false, isAuditor: false, isSuspended: false })).toEqual([
    "make-administrator",
    "make-auditor",
    "disable",
  ]);
  expect(possible({ isAdministrator: true, isAuditor: true, isSuspended: true })).toEqual([
    "end-administrator",
    "end-auditor",
    "enable",
  ]);
});

it("an address that asks for something else asks for nothing", () => {
  const user = { isAdministrator: false, isAuditor: false, isSuspended: false };
  for (const text of [undefined, "", "delete", "__proto__", "enable"])
    expect(findUserChange(text, user)).toBeUndefined();
});
