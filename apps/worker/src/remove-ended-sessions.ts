import type { Accounts } from "@layerport/accounts";
import type { ScheduledWork } from "./work.ts";

/** Browser sessions that ended so long ago that nobody is shown them any more. */
export function removeEndedSessions(accounts: Pick<Accounts, "removeEndedSessions">): ScheduledWork {
  return {
    name: "remove-ended-sessions",
    schedule: "41 3 * * *",
    run: () => accounts.removeEndedSessions(),
  };
}
