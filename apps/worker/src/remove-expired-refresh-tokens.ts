import type { Accounts } from "@layerport/accounts";
import type { ScheduledWork } from "./work.ts";

/** Refresh tokens that nobody could use any more. */
export function removeExpiredRefreshTokens(accounts: Pick<Accounts, "removeExpiredRefreshTokens">): ScheduledWork {
  return {
    name: "remove-expired-refresh-tokens",
    schedule: "43 3 * * *",
    run: () => accounts.removeExpiredRefreshTokens(),
  };
}
