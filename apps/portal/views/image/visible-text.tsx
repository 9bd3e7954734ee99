import { Fragment } from "react";

/**
 * An author's text, shown so that nothing in it deceives: control, zero-width and direction-changing characters become
 * marks that say which they are, and what is beyond `most` characters is cut and counted.
 */
export function VisibleText({ text, most = 2000 }: { readonly text: string; readonly most?: number }) {
  // Half of a character that takes two code units would show as a broken one.
  const shown = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  const parts = shown.split(/([\p{Cc}\p{Cf}\p{Zl}\p{Zp}])/u);
  return (
    <>
      {parts.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never change their places.
        <Fragment key={place}>{place % 2 === 1 ? <Mark character={part} /> : part}</Fragment>
      ))}
      {text.length > shown.length ? (
        <span className="text-fg-subtle">
          {" "}
          … and {(text.length - shown.length).toLocaleString("en")} more characters
        </span>
      ) : null}
    </>
  );
}

function Mark({ character }: { character: string }) {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  if (character === "\n" || character === "\t")
    return <span className="text-fg-subtle">{character === "\n" ? "↵ " : "⇥ "}</span>;
  return <span className="rounded-sm bg-warning-bg px-0.5 text-warning text-xs">U+{code}</span>;
}
