import type { Permission } from "@layerport/registry-core";
import type { AccessBlock, AccessPath, PermissionExplanation } from "./explanation.ts";

/** Whom and what a sentence is about. */
export interface SentenceParts {
  readonly who: string;
  readonly repository: string;
}

const deeds: Readonly<Record<Permission, string>> = {
  pull: "pull from",
  push: "push new tags to",
  overwrite: "move tags of",
  delete: "delete from",
  administer: "change the settings of",
};

/** One permission's answer and reasons as one sentence. */
export function explainInWords(
  explanation: Omit<PermissionExplanation, "sentence">,
  { who, repository }: SentenceParts,
): string {
  const { permission, isAllowed, paths, blocks } = explanation;
  const subject = capitalize(who);
  const deed = `${deeds[permission]} ${repository}`;
  const reasons = joinWords(paths.map(describePath));
  if (isAllowed) return `${subject} may ${deed}: ${reasons}.`;
  if (paths.length === 0) return `${subject} may not ${deed}: no role, grant or visibility gives that.`;
  return `${subject} may not ${deed}: ${reasons}, but ${joinWords(blocks.map(describeBlock))}.`;
}

/** The whole answer: what is allowed and why, and what is not. */
export function summarizeInWords(
  explained: readonly PermissionExplanation[],
  { who, repository }: SentenceParts,
): string {
  const subject = capitalize(who);
  const allowed = explained.filter(({ isAllowed }) => isAllowed);
  const names = (list: readonly PermissionExplanation[]) => joinWords(list.map(({ permission }) => permission));
  if (allowed.length === 0) {
    const blocks = [...new Set(explained.flatMap((one) => one.blocks.map(describeBlock)))];
    const isBlocked = explained.some(({ paths }) => paths.length > 0);
    return isBlocked
      ? `${subject} may do nothing in ${repository}: ${joinWords(blocks)}.`
      : `${subject} may do nothing in ${repository}: no role, grant or visibility gives a right.`;
  }
  // The strongest right that is held tells most.
  const strongest = allowed.at(-1);
  const reasons = joinWords((strongest?.paths ?? []).map(describePath));
  const denied = explained.filter(({ isAllowed }) => !isAllowed);
  const rest = denied.length === 0 ? "" : ` Not allowed: ${names(denied)}.`;
  return `${subject} may ${names(allowed)} in ${repository}: ${reasons}.${rest}`;
}

function describePath(path: AccessPath): string {
  switch (path.kind) {
    case "administrator":
      return "as an administrator of this Layerport";
    case "auditor":
      return "as an auditor of this Layerport";
    case "role":
      return `as ${path.role} of ${path.organization}`;
    case "default-role":
      return `as a member of ${path.organization}, where everybody is ${path.role}`;
    case "grant": {
      const through = path.team === undefined ? "by a grant on" : `through the team ${path.team}, by its grant on`;
      const former = path.formerName === undefined ? "" : ` (the repository was called ${path.formerName})`;
      return `${through} ${path.pattern}${former}`;
    }
    case "public":
      return "since the repository is public";
  }
}

function describeBlock(block: AccessBlock): string {
  switch (block.kind) {
    case "suspended":
      return "the account is suspended";
    case "expired":
      return "every secret of the robot has expired";
    case "anonymous-pull-off":
      return "pulling without a credential is switched off";
    case "token":
      return tokenReasons[block.reason](block.token);
  }
}

const tokenReasons: Readonly<Record<Extract<AccessBlock, { kind: "token" }>["reason"], (token: string) => string>> = {
  ended: (token) => `the access token "${token}" was revoked or has expired`,
  permissions: (token) => `the access token "${token}" is not for that`,
  patterns: (token) => `the access token "${token}" is for other repositories`,
};

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function capitalize(text: string): string {
  // Names are written as they are; only the words for somebody without one begin a sentence.
  return text.includes(" ") ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}
