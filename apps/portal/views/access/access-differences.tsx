import type { AccessDifference, AccessPreview } from "@layerport/accounts";
import { Minus, Plus } from "lucide-react";
import Link from "next/link";
import { formatCount, formatCounted } from "../../format/count.ts";

/** Who would gain and who would lose what, before it is saved. */
export function AccessDifferences({ preview }: { readonly preview: AccessPreview }) {
  const { gains, losses, sentence } = preview;
  return (
    <>
      <p className="font-medium">{sentence}</p>
      <Differences title="Gain" differences={gains} />
      <Differences title="Lose" differences={losses} />
    </>
  );
}

function Differences(props: { title: "Gain" | "Lose"; differences: readonly AccessDifference[] }) {
  const { title, differences } = props;
  if (differences.length === 0) return null;
  const Icon = title === "Gain" ? Plus : Minus;
  const tone = title === "Gain" ? "text-success" : "text-danger";
  return (
    <section aria-label={title}>
      <h3 className={`flex items-center gap-1.5 font-medium text-sm ${tone}`}>
        <Icon size={14} aria-hidden />
        {title}
      </h3>
      <ul className="mt-1 flex flex-col gap-2 border-s-2 ps-3">
        {differences.map((difference) => (
          <li key={`${difference.pattern} ${difference.permissions.join()} ${difference.principals[0]?.name}`}>
            <Difference difference={difference} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Difference({ difference }: { difference: AccessDifference }) {
  const { principals, principalCount, permissions, pattern, repositories, repositoryCount } = difference;
  return (
    <>
      <p>
        <span className="font-medium">{principals.map(nameOf).join(", ")}</span>
        {principalCount > principals.length ? ` and ${formatCount(principalCount - principals.length)} more` : null}:{" "}
        {permissions.join(", ")} on <code className="break-words text-sm">{pattern}</code>
      </p>
      <p className="text-fg-muted text-sm">
        {repositoryCount === 0 ? (
          "No repository of this kind yet; those to come are meant."
        ) : (
          <>
            {formatCounted(repositoryCount, "repository", "repositories")} now:{" "}
            {repositories.map((name, index) => (
              <span key={name}>
                {index === 0 ? null : ", "}
                <Link href={`/r/${name}/-/tags`} prefetch={false} className="link">
                  {name}
                </Link>
              </span>
            ))}
            {repositoryCount > repositories.length
              ? ` and ${formatCount(repositoryCount - repositories.length)} more`
              : null}
          </>
        )}
      </p>
    </>
  );
}

function nameOf({ kind, name }: AccessDifference["principals"][number]): string {
  return kind === "everybody" ? "Everybody else" : kind === "user" ? name : `${kind} ${name}`;
}
