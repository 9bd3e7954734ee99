import type { ReactNode } from "react";

/** The title of a page, one sentence under it, and its actions at the end of the line. Under a header with a title of its
 * own, `level` is 2. */
export function PageHeader(props: { title: ReactNode; description?: ReactNode; actions?: ReactNode; level?: 1 | 2 }) {
  const Heading = props.level === 2 ? "h2" : "h1";
  return (
    <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <Heading className="break-words font-semibold text-xl">{props.title}</Heading>
        {props.description ? <p className="mt-0.5 max-w-160 text-fg-muted">{props.description}</p> : null}
      </div>
      {props.actions ? <div className="flex flex-wrap items-center gap-2">{props.actions}</div> : null}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section(props: { title: string; description?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-8">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 className="font-semibold text-lg">{props.title}</h2>
          {props.description ? <p className="text-fg-muted">{props.description}</p> : null}
        </div>
        {props.actions}
      </div>
      {props.children}
    </section>
  );
}
