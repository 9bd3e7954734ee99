import { clsx } from "clsx";
import { Cell, HeadCell, Row, Table } from "./table.tsx";

/** The place of one line of text. Its width comes by a class; it shows itself only when loading lasts 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx("skeleton late inline-block h-3 max-w-full align-middle", className)} />;
}

const widths = ["w-32", "w-24", "w-40", "w-28", "w-36", "w-20"];

/** Rows that will come, in the very heights they will have. */
export function SkeletonRows({
  label,
  columns,
  rows = 8,
}: {
  label: string;
  columns: readonly string[];
  rows?: number;
}) {
  return (
    <div aria-busy="true">
      <Table
        label={`${label}: loading`}
        isStacked
        head={columns.map((column) => <HeadCell key={column}>{column}</HeadCell>)}
      >
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing tells these rows apart.
          <Row key={row}>
            {columns.map((column, index) => (
              <Cell key={column} line={index === 0 ? "first" : index === 1 ? "second" : "hidden"}>
                <Skeleton className={widths[(row + index) % widths.length] ?? "w-24"} />
              </Cell>
            ))}
          </Row>
        ))}
      </Table>
    </div>
  );
}
