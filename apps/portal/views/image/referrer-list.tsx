import type { Referrer, RepositoryName } from "@layerport/registry-core";
import { manifestPath } from "../../server/repository-path.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { artifactName } from "../repository/tag-table.tsx";
import { Digest } from "./digest.tsx";
import { Size } from "./size.tsx";
import { VisibleText } from "./visible-text.tsx";

/** What points at this image: signatures, bills of materials, attestations. */
export function ReferrerList(props: { readonly repository: RepositoryName; readonly referrers: readonly Referrer[] }) {
  if (props.referrers.length === 0) {
    return (
      <EmptyState kind="nothing-yet" title="Nothing refers to this image">
        Signatures, bills of materials and attestations that name it as their subject show up here.
      </EmptyState>
    );
  }
  return (
    <Table
      label="Referrers"
      isStacked
      head={
        <>
          <HeadCell>Type</HeadCell>
          <HeadCell>Digest</HeadCell>
          <HeadCell>Annotations</HeadCell>
          <HeadCell isNumeric>Manifest</HeadCell>
        </>
      }
    >
      {props.referrers.map((referrer) => (
        <Row key={referrer.digest}>
          <Cell isRowHeading line="first">
            {referrer.artifactType === undefined ? "unknown" : artifactName(referrer.artifactType)}
            {referrer.artifactType === undefined ? null : (
              <span className="block break-all font-mono font-normal text-fg-subtle text-xs">
                {referrer.artifactType}
              </span>
            )}
          </Cell>
          <Cell line="second">
            <Digest digest={referrer.digest} href={manifestPath(props.repository, referrer.digest)} />
          </Cell>
          <Cell line="hidden" className="text-sm">
            {Object.entries(referrer.annotations ?? {})
              .slice(0, 4)
              .map(([key, value]) => (
                <span key={key} className="block break-words">
                  <span className="text-fg-muted">{key.slice(0, 80)}</span> <VisibleText text={value} most={120} />
                </span>
              ))}
          </Cell>
          <Cell isNumeric line="first-end">
            <Size bytes={referrer.size} kind="compressed" isBare />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
