import type { AccessExplanation, AccessGrant, AccessPath, AccessSubject, Viewer } from "@layerport/accounts";
import { type Permission, type RepositoryName, splitRepositoryName } from "@layerport/registry-core";
import { rooms } from "../../server/rooms.ts";

/** Somebody who may do something in a repository, and why. */
export interface AccessLine {
  readonly kind: "user" | "robot";
  /** A robot by its login name. */
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Short, each once: "role writer". */
  readonly ways: readonly string[];
  /** What keeps them from it at present, in a word: "suspended". */
  readonly block: string | undefined;
}

/** A part of those who have access, by name. */
export interface AccessPage {
  readonly people: readonly AccessLine[];
  readonly robots: readonly AccessLine[];
  readonly next: string | undefined;
  readonly memberCount: number;
}

const membersPerPage = 25;
const mostRobots = 50;

/** Asks of each member, and of each robot that a grant names, what it may do in the repository. */
export async function listAccess(
  viewer: Viewer,
  repository: RepositoryName,
  after: string | undefined,
): Promise<AccessPage> {
  const { accounts } = rooms();
  const { organization } = splitRepositoryName(repository);
  const [members, grants] = await Promise.all([
    accounts.listMembers(viewer, organization, { limit: membersPerPage, after }),
    accounts.listGrants(viewer, organization, { repository }),
  ]);
  const explain = (subject: AccessSubject) => accounts.explainAccess(viewer, subject, repository);
  const [people, robots] = await Promise.all([
    Promise.all(members.entries.map(({ name }) => explain({ kind: "user", name }))),
    Promise.all(robotsOf(grants).map((name) => explain({ kind: "robot", name: `${organization}+${name}` }))),
  ]);
  return {
    people: people.flatMap(toLine),
    robots: robots.flatMap(toLine),
    next: members.next,
    memberCount: members.total,
  };
}

/** What an explanation comes to in one line; none for whoever may do nothing that not everybody may. */
export function toLine({ subject, permissions }: AccessExplanation): AccessLine[] {
  if (subject.kind === "anonymous") return [];
  const held = permissions
    .map((one) => ({ ...one, paths: one.paths.filter(({ kind }) => kind !== "public") }))
    .filter(({ paths }) => paths.length > 0);
  if (held.length === 0) return [];
  return [
    {
      kind: subject.kind,
      name: subject.name,
      permissions: held.map(({ permission }) => permission),
      ways: [...new Set(held.flatMap(({ paths }) => paths.map(wayInWords)))],
      block: held[0]?.blocks[0]?.kind,
    },
  ];
}

function wayInWords(path: AccessPath): string {
  switch (path.kind) {
    case "role":
      return `role ${path.role}`;
    case "default-role":
      return `default role ${path.role}`;
    case "grant":
      return path.team === undefined ? `grant on ${path.pattern}` : `grant on ${path.pattern} to team ${path.team}`;
    default:
      return path.kind;
  }
}

function robotsOf(grants: readonly AccessGrant[]): readonly string[] {
  const names = grants.flatMap(({ principal }) => (principal.kind === "robot" ? [principal.name] : []));
  return [...new Set(names)].slice(0, mostRobots);
}
