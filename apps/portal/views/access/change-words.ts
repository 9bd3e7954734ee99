import type { AccessChange } from "@layerport/accounts";
import type { ChangeQuery } from "./access-change.ts";

/** What the page of a change is called, its button, and what it looks like. */
export interface ChangeWords {
  readonly title: string;
  readonly description?: string;
  readonly button: string;
  readonly isDanger: boolean;
}

/** The words for the page of a change, which may still lack a part. */
export function changeWords(query: ChangeQuery, context: { organization: string; viewer: string }): ChangeWords {
  const { organization, viewer } = context;
  const { kind, user = "", team = "" } = query;
  switch (kind) {
    case "default-role":
      return {
        title: `Default role of ${organization}`,
        description: "What every member may do at least, in every repository.",
        button: "Save default role",
        isDanger: false,
      };
    case "member-role":
      return { title: `Role of ${user} in ${organization}`, button: "Save role", isDanger: false };
    case "member-removed":
      return user === viewer
        ? {
            title: `Leave ${organization}`,
            description: "Your teams and grants in it end too. Only an owner can let you in again.",
            button: `Leave ${organization}`,
            isDanger: true,
          }
        : {
            title: `Remove ${user} from ${organization}`,
            description: "Memberships in teams and grants to this person end too, and stay ended after a return.",
            button: `Remove ${user}`,
            isDanger: true,
          };
    case "team-member-added":
      return { title: `Add to team ${team}`, button: `Add ${user}`, isDanger: false };
    case "team-member-removed":
      return { title: `Remove ${user} from team ${team}`, button: `Remove ${user}`, isDanger: true };
    case "team-deleted":
      return {
        title: `Delete team ${team}`,
        description: "Its grants end with it. The members stay in the organization.",
        button: `Delete team ${team}`,
        isDanger: true,
      };
    case "grant-created":
      return {
        title: "New grant",
        description: "A right in the repositories that a pattern covers, for a person, a team or a robot.",
        button: "Save grant",
        isDanger: false,
      };
    case "grant-changed":
      return { title: "Change a grant", button: "Save grant", isDanger: false };
    default:
      return { title: "Remove a grant", button: "Remove grant", isDanger: true };
  }
}

/** What was done, as the notice afterwards says it. */
export function describeDone(change: AccessChange, organization: string): string {
  switch (change.kind) {
    case "default-role":
      return change.role === undefined
        ? `Members of ${organization} have only what is granted to them.`
        : `Every member of ${organization} is ${change.role} now.`;
    case "member-role":
      return `${change.user} has ${change.role === undefined ? "the default role" : `the role ${change.role}`} now.`;
    case "member-removed":
      return `${change.user} is no member of ${organization} any more.`;
    case "team-member-added":
      return `${change.user} is in team ${change.team} now.`;
    case "team-member-removed":
      return `${change.user} is not in team ${change.team} any more.`;
    case "team-deleted":
      return `Team ${change.team} is gone.`;
    case "grant-created": {
      const { principal, pattern, permissions } = change.grant;
      return `${principal.name} has ${permissions.join(", ")} on ${pattern} now.`;
    }
    case "grant-changed":
      return `The grant gives ${change.permissions.join(", ")} now.`;
    case "grant-removed":
      return "The grant is gone.";
    default:
      return `${change.repository} is ${change.visibility} now.`;
  }
}
