import { clsx } from "clsx";
import { useId } from "react";
import { CopyButton } from "./copy-button.tsx";
import { SnippetPicker } from "./snippet-picker.tsx";

/** One way to say the same thing: the lines to paste into a shell, or a file's text. */
export interface SnippetVariant {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  /** The text is a file, not commands: no prompt before its lines. */
  readonly isFile?: boolean;
}

export interface SnippetProps {
  /** What it is for: "Pull command". It names the region and the copy button. */
  readonly label: string;
  /** At most eight. */
  readonly variants: readonly SnippetVariant[];
  /** The variant to show first. */
  readonly chosen?: string;
  /** The cookie that remembers the choice; all snippets with the same name change together. */
  readonly rememberAs?: string;
  /** One line in a slim box beside other things. */
  readonly isCompact?: boolean;
  /** All variants' names stand in a row to choose from, for a box that is the matter of its page. */
  readonly isTabbed?: boolean;
  readonly className?: string;
}

/**
 * A box with something to paste. Every variant is in the page and the browser's style rules pick one, so nothing
 * flashes and picking works without a script.
 */
export function Snippet(props: SnippetProps) {
  const { label, variants, chosen, rememberAs, isCompact = false, isTabbed = false, className } = props;
  const first = variants.some(({ id }) => id === chosen) ? chosen : variants[0]?.id;
  return (
    <div
      className={clsx(
        "snippet flex min-w-0 rounded-md border bg-surface",
        isCompact ? "h-8 items-center pointer-coarse:h-11" : "flex-col",
        className,
      )}
    >
      {variants.length > 1 && isTabbed ? (
        <VariantTabs label={`${label}: client`} variants={variants} chosen={first ?? ""} />
      ) : null}
      {variants.length > 1 && !isTabbed ? (
        <div className={clsx("flex shrink-0 items-center", isCompact ? "h-full border-e" : "h-8 border-b")}>
          <SnippetPicker
            label={`${label}: client`}
            options={variants.map(({ id, label: text }) => ({ id, label: text }))}
            chosen={first ?? ""}
            rememberAs={rememberAs}
          />
        </div>
      ) : null}
      <div className="snippet-variants min-w-0 flex-1">
        {variants.map((variant) => (
          <div key={variant.id} className={clsx("min-w-0", isCompact ? "items-center" : "items-start")}>
            <Lines label={`${label}, ${variant.label}`} isCompact={isCompact} variant={variant} />
            <CopyButton
              text={variant.text}
              label={`Copy ${label.toLowerCase()}`}
              className={isCompact ? "me-1" : "m-2"}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Radio buttons that look like tabs: the style rules that read a list's choice read theirs too. */
function VariantTabs(props: { label: string; variants: readonly SnippetVariant[]; chosen: string }) {
  const name = useId();
  return (
    <fieldset className="scrollbar-none flex min-w-0 overflow-x-auto border-b px-1">
      <legend className="sr-only">{props.label}</legend>
      {props.variants.map(({ id, label }) => (
        <label
          key={id}
          className={clsx(
            "relative inline-flex h-9 shrink-0 items-center border-b-2 border-transparent px-2 text-fg-muted text-sm pointer-coarse:h-11",
            "hover:text-fg has-checked:border-accent has-checked:font-medium has-checked:text-fg",
            "has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:-outline-offset-2",
          )}
        >
          <input
            type="radio"
            name={name}
            defaultChecked={id === props.chosen}
            autoComplete="off"
            className="absolute inset-0 appearance-none outline-none!"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Lines({ label, variant, isCompact }: { label: string; variant: SnippetVariant; isCompact: boolean }) {
  const lines = variant.text.split("\n");
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard.
      tabIndex={0}
      aria-label={label}
      className={clsx("min-w-0 flex-1 overflow-x-auto", isCompact ? "px-2 py-1 scrollbar-none" : "p-3")}
    >
      <pre className="text-sm">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never change their places.
          <code key={index} className={clsx("block", !variant.isFile && isCommand(lines, index) && "prompt")}>
            {line === "" ? " " : line}
          </code>
        ))}
      </pre>
    </section>
  );
}

/** A line that goes on after a backslash has no prompt of its own; neither has a comment. */
function isCommand(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  return line !== "" && !line.startsWith("#") && !(lines[index - 1] ?? "").endsWith("\\");
}
