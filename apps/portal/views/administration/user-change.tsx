import type { UserAccount } from "@layerport/accounts";
import { Minus, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { ButtonVariant } from "../../ui/button.tsx";
import { ConfirmPanel } from "../../ui/confirm-panel.tsx";
import { changeUser } from "./actions.ts";
import type { UserChange } from "./user-changes.ts";

interface ChangeWords {
  readonly title: string;
  readonly confirmLabel: string;
  readonly confirmVariant: ButtonVariant;
  readonly gains?: readonly string[];
  readonly losses?: readonly string[];
  readonly note?: string;
}

/** What a change of an account means for the person, before it is made. */
export function UserChangePanel({ user, change }: { readonly user: UserAccount; readonly change: UserChange }) {
  const { title, confirmLabel, confirmVariant, gains, losses, note } = wordsFor(change, user.name);
  return (
    <ConfirmPanel
      title={title}
      confirmLabel={confirmLabel}
      confirmVariant={confirmVariant}
      cancelHref={`/admin/users/${user.name}`}
      action={changeUser}
      fields={{ name: user.name, change }}
    >
      <Effects title={`${user.name} gains`} tone="text-success" icon={<Plus size={14} aria-hidden />} lines={gains} />
      <Effects title={`${user.name} loses`} tone="text-danger" icon={<Minus size={14} aria-hidden />} lines={losses} />
      {note === undefined ? null : <p className="text-fg-muted">{note}</p>}
    </ConfirmPanel>
  );
}

function Effects(props: { title: string; tone: string; icon: ReactNode; lines: readonly string[] | undefined }) {
  if (props.lines === undefined) return null;
  return (
    <div>
      <h3 className={`flex items-center gap-1.5 font-medium text-sm ${props.tone}`}>
        {props.icon}
        {props.title}
      </h3>
      <ul className="mt-1 flex flex-col gap-1 border-s-2 ps-3">
        {props.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

const endsSessions = "Browsers and clients that are signed in as this person are signed out. Access tokens stay.";

function wordsFor(change: UserChange, name: string): ChangeWords {
  switch (change) {
    case "make-administrator":
      return {
        title: `Make ${name} an administrator?`,
        confirmLabel: "Make administrator",
        confirmVariant: "primary",
        gains: [
          "pull, push, overwrite, delete and administer in every repository, private ones included",
          "everything an owner may do, in every organization",
          "users, their roles and their tokens, and the settings of this Layerport",
        ],
        note: "An organization sees in its audit log when an administrator reads what only that role shows.",
      };
    case "end-administrator":
      return {
        title: `Take the role of administrator from ${name}?`,
        confirmLabel: "Take the role away",
        confirmVariant: "danger",
        losses: [
          "every right that no organization and no grant gives",
          "users, their roles and their tokens, and the settings of this Layerport",
        ],
        note: endsSessions,
      };
    case "make-auditor":
      return {
        title: `Make ${name} an auditor?`,
        confirmLabel: "Make auditor",
        confirmVariant: "primary",
        gains: [
          "pull in every repository, private ones included",
          "sight of every organization, user and token, without changing any",
        ],
        note: "An organization sees in its audit log when an auditor reads what only that role shows.",
      };
    case "end-auditor":
      return {
        title: `Take the role of auditor from ${name}?`,
        confirmLabel: "Take the role away",
        confirmVariant: "danger",
        losses: [
          "pull in private repositories that no organization and no grant gives",
          "sight of the organizations, users and tokens of others",
        ],
        note: endsSessions,
      };
    case "disable":
      return {
        title: `Disable ${name}?`,
        confirmLabel: "Disable",
        confirmVariant: "danger",
        losses: [
          "every session in a browser, at once",
          "every access token and every login of a client, at once",
          "signing in, until the account is enabled again",
        ],
        note: "Repositories, memberships and tokens stay, and work again when the account is enabled.",
      };
    case "enable":
      return {
        title: `Enable ${name} again?`,
        confirmLabel: "Enable",
        confirmVariant: "primary",
        gains: ["signing in, and every right that the account had", "access tokens that have not expired meanwhile"],
      };
  }
}
