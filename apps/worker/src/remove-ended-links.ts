import type { Accounts } from "@layerport/accounts";
import type { ScheduledWork } from "./work.ts";

/** Invitations and links for new passwords that ended long ago, with the addresses in them. */
export function removeEndedLinks(accounts: Pick<Accounts, "removeEndedLinks">): ScheduledWork {
  return {
    name: "remove-ended-links",
    schedule: "44 3 * * *",
    run: () => accounts.removeEndedLinks(),
  };
}
