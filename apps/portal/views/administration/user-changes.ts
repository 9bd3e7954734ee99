/** What an administrator may change of an account, as the address and the form name it. */
export const userChanges = [
  "make-administrator",
  "end-administrator",
  "make-auditor",
  "end-auditor",
  "disable",
  "enable",
] as const;
export type UserChange = (typeof userChanges)[number];

/** The change that an address asks for, if it is one that would change something. */
export function findUserChange(
  text: string | undefined,
  user: { readonly isAdministrator: boolean; readonly isAuditor: boolean; readonly isSuspended: boolean },
): UserChange | undefined {
  const possible: readonly UserChange[] = [
    user.isAdministrator ? "end-administrator" : "make-administrator",
    user.isAuditor ? "end-auditor" : "make-auditor",
    user.isSuspended ? "enable" : "disable",
  ];
  return possible.find((change) => change === text);
}
