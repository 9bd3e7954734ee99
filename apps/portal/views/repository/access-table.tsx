import { permissions } from "@layerport/registry-core";
import { Bot, Check, UserRound } from "lucide-react";
import Link from "next/link";
import { Badge } from "../../ui/badge.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import type { AccessLine } from "./repository-access.ts";

/** Who may do what in a repository, and why; each line leads to the whole explanation. */
export function AccessTable(props: {
  readonly label: string;
  readonly lines: readonly AccessLine[];
  readonly explainHref: (who: string) => string;
}) {
  return (
    <Table
      label={props.label}
      isStacked
      head={
        <>
          <HeadCell>Who</HeadCell>
          {permissions.map((permission) => (
            <HeadCell key={permission} className="text-center!">
              {permission}
            </HeadCell>
          ))}
          <HeadCell>Why</HeadCell>
          <HeadCell>
            <span className="sr-only">Explanation</span>
          </HeadCell>
        </>
      }
    >
      {props.lines.map((line) => {
        const Icon = line.kind === "robot" ? Bot : UserRound;
        return (
          <Row key={line.name}>
            <Cell isRowHeading line="first">
              <span className="flex flex-wrap items-center gap-2">
                <Icon size={14} aria-hidden className="text-fg-subtle" />
                <span className="break-words font-medium">{line.name}</span>
                {line.block === undefined ? null : <Badge tone="danger">{line.block}</Badge>}
                <span aria-hidden className="w-full text-fg-muted sm:hidden">
                  {line.permissions.join(", ")}
                </span>
              </span>
            </Cell>
            {permissions.map((permission) => (
              <Cell key={permission} line="hidden" className="text-center!">
                {line.permissions.includes(permission) ? (
                  <>
                    <Check size={14} aria-hidden className="inline text-success" />
                    <span className="sr-only">{permission}</span>
                  </>
                ) : (
                  <>
                    <span aria-hidden className="text-fg-subtle">
                      –
                    </span>
                    <span className="sr-only">no</span>
                  </>
                )}
              </Cell>
            ))}
            <Cell line="second" className="break-words text-fg-muted">
              {line.ways.join("; ")}
            </Cell>
            <Cell line="first-end" className="w-20">
              <Link
                href={props.explainHref(line.name)}
                prefetch={false}
                className="link"
                aria-label={`Why: explain the access of ${line.name}`}
              >
                Explain
              </Link>
            </Cell>
          </Row>
        );
      })}
    </Table>
  );
}
