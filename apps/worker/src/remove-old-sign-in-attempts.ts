import type { Accounts } from "@layerport/accounts";
import type { ScheduledWork } from "./work.ts";

/** Failed sign-ins that count towards no limit any more. */
export function removeOldSignInAttempts(accounts: Pick<Accounts, "removeOldSignInAttempts">): ScheduledWork {
  return {
    name: "remove-old-sign-in-attempts",
    schedule: "47 * * * *",
    run: () => accounts.removeOldSignInAttempts(),
  };
}
