"use client";
import { ChevronDown } from "lucide-react";

/** The choice of a snippet's variant. Style rules do the switching; this remembers it and tells the other snippets. */
export function SnippetPicker(props: {
  label: string;
  options: readonly { id: string; label: string }[];
  chosen: string;
  rememberAs: string | undefined;
}) {
  const remember = (chosen: string) => {
    if (props.rememberAs === undefined) return;
    // biome-ignore lint/suspicious/noDocumentCookie: the newer interface is missing on plain HTTP.
    document.cookie = `${props.rememberAs}=${chosen}; path=/; max-age=31536000; samesite=lax`;
    for (const other of document.querySelectorAll<HTMLSelectElement>(`select[data-remember="${props.rememberAs}"]`)) {
      if ([...other.options].some((option) => option.value === chosen)) other.value = chosen;
    }
  };
  return (
    <span className="relative inline-flex h-full items-center">
      <select
        aria-label={props.label}
        defaultValue={props.chosen}
        data-remember={props.rememberAs}
        autoComplete="off"
        onChange={(event) => remember(event.currentTarget.value)}
        className="h-full appearance-none rounded-md bg-transparent ps-3 pe-7 text-fg-muted text-sm hover:text-fg"
      >
        {props.options.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} aria-hidden className="pointer-events-none absolute end-2 text-fg-subtle" />
    </span>
  );
}
