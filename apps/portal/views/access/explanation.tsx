import type { AccessBlock, AccessExplanation, AccessPath, PermissionExplanation } from "@layerport/accounts";
import Link from "next/link";
import type { ReactNode } from "react";
import { organizationPath } from "../../server/organization-path.ts";
import { Status } from "../../ui/badge.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { changePath } from "./access-change.ts";

export interface ExplanationProps {
  readonly explanation: AccessExplanation;
  readonly organization: string;
  /** Whether the viewer may change what the answer names. */
  readonly mayChange: boolean;
  /** The address of this answer. */
  readonly back: string;
}

/** The answer in a sentence, then each permission with the ways that lead to it. */
export function Explanation(props: ExplanationProps) {
  const { explanation } = props;
  return (
    <section aria-label="Answer" className="flex flex-col gap-4">
      <p role="status" className="max-w-180 text-lg">
        {explanation.sentence}
      </p>
      <Table
        label="By permission"
        isStacked
        head={
          <>
            <HeadCell>Permission</HeadCell>
            <HeadCell>Held</HeadCell>
            <HeadCell>By</HeadCell>
          </>
        }
      >
        {explanation.permissions.map((one) => (
          <PermissionRow key={one.permission} {...props} one={one} />
        ))}
      </Table>
    </section>
  );
}

function PermissionRow(props: ExplanationProps & { one: PermissionExplanation }) {
  const { one } = props;
  return (
    <Row>
      <Cell isRowHeading line="first" className="w-28 font-medium!">
        {one.permission}
      </Cell>
      <Cell line="first-end" className="w-20">
        <Status tone={one.isAllowed ? "success" : "danger"}>{one.isAllowed ? "yes" : "no"}</Status>
      </Cell>
      <Cell line="second" className="py-2!">
        <p>{one.sentence}</p>
        {one.paths.length === 0 ? null : (
          <ul className="mt-1 flex flex-col gap-0.5 text-fg-muted">
            {one.paths.map((path) => (
              <li key={JSON.stringify(path)}>
                <Path {...props} path={path} />
              </li>
            ))}
          </ul>
        )}
        {one.blocks.length === 0 ? null : (
          <ul className="mt-1 flex flex-col gap-0.5 text-danger">
            {one.blocks.map((block) => (
              <li key={JSON.stringify(block)}>{blockSentence(block)}</li>
            ))}
          </ul>
        )}
      </Cell>
    </Row>
  );
}

/** One way as a link to where it is given. */
function Path({ path, organization, explanation, mayChange, back }: ExplanationProps & { path: AccessPath }) {
  switch (path.kind) {
    case "role": {
      const who = explanation.subject.kind === "user" ? explanation.subject.name : "";
      return (
        <>
          role <To href={`${organizationPath(organization, "members")}?q=${encodeURIComponent(who)}`}>{path.role}</To>{" "}
          in {path.organization}
        </>
      );
    }
    case "default-role":
      return (
        <>
          default role{" "}
          {mayChange ? <To href={changePath(organization, { kind: "default-role" }, back)}>{path.role}</To> : path.role}{" "}
          of {path.organization}
        </>
      );
    case "grant":
      return (
        <>
          grant on{" "}
          <To
            href={
              mayChange
                ? changePath(organization, { kind: "grant-changed", id: path.id }, back)
                : `${organizationPath(organization, "access", "grants")}?q=${encodeURIComponent(path.pattern)}`
            }
          >
            {path.pattern}
          </To>
          {path.team === undefined ? null : (
            <>
              {" "}
              to team <To href={organizationPath(organization, "teams", path.team)}>{path.team}</To>
            </>
          )}
          {path.formerName === undefined ? null : ` by the former name ${path.formerName}`}
        </>
      );
    case "public":
      return "the repository is public";
    default:
      return `${path.kind} of this Layerport`;
  }
}

function To({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} prefetch={false} className="link break-words">
      {children}
    </Link>
  );
}

const tokenReasons = {
  ended: "was revoked or has expired",
  permissions: "does not include it",
  patterns: "does not cover this repository",
} as const;

function blockSentence(block: AccessBlock): string {
  switch (block.kind) {
    case "suspended":
      return "The account is suspended.";
    case "expired":
      return "Every secret has expired.";
    case "token":
      return `The access token ${block.token} ${tokenReasons[block.reason]}.`;
    default:
      return "Pulling without an account is switched off.";
  }
}
