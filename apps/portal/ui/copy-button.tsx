"use client";
import { clsx } from "clsx";
import { Check, Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { announce } from "./announce.ts";
import { buttonStyle } from "./button.tsx";
import { type CardContent, cardProps } from "./card.ts";
import { copyText } from "./copy-text.ts";

export interface CopyButtonProps {
  /** What is copied. */
  readonly text: string;
  /** What it is, in the button's name: "Copy digest 5f3f67331018". */
  readonly label: string;
  /** What is copied while Shift is held. */
  readonly shiftText?: string;
  readonly card?: CardContent;
  /** Words beside the icon, where there is room. */
  readonly caption?: string;
  readonly className?: string;
}

/**
 * Copies, and says so only when it is true: the icon turns to a check for two seconds and a screen reader hears it.
 * Where the browser refuses both ways, the text appears selected, with the keys to press.
 */
export function CopyButton({ text, label, shiftText, card, caption, className }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const [refused, setRefused] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async (wanted: string) => {
    clearTimeout(timer.current);
    if (await copyText(wanted)) {
      setState("copied");
      announce("Copied");
      timer.current = setTimeout(() => setState("idle"), 2_000);
    } else {
      setRefused(wanted);
      setState("refused");
    }
  };

  return (
    <span className="relative inline-flex">
      <button
        type="button"
        aria-label={label}
        onClick={(event) => void copy(event.shiftKey && shiftText !== undefined ? shiftText : text)}
        className={clsx(
          caption === undefined
            ? "finger inline-flex size-6 shrink-0 items-center justify-center rounded-md text-fg-muted opacity-60 transition-opacity duration-(--motion-hover) hover:bg-hover hover:opacity-100 focus-visible:opacity-100 group-hover/row:opacity-100 group-focus-within/row:opacity-100"
            : buttonStyle("secondary", "sm"),
          className,
        )}
        {...cardProps(card ?? { kind: "text", text: label })}
      >
        {state === "copied" ? <Check size={14} aria-hidden className="text-success" /> : <Copy size={14} aria-hidden />}
        {caption}
      </button>
      {state === "refused" ? <PressToCopy text={refused} onDone={() => setState("idle")} /> : null}
    </span>
  );
}

/** The text, selected, for a browser that lets no page copy. */
function PressToCopy({ text, onDone }: { text: string; onDone: () => void }) {
  const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const hint = `Press ${isApple ? "⌘C" : "Ctrl+C"} to copy`;
  return (
    <span className="absolute top-full right-0 z-50 mt-1 flex w-72 max-w-[calc(100vw-32px)] flex-col gap-1 rounded-md border bg-raised p-2 text-xs">
      <span role="status">{hint}</span>
      <input
        readOnly
        value={text}
        aria-label={hint}
        ref={(input) => input?.select()}
        onBlur={onDone}
        onCopy={onDone}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
        }}
        className="h-7 w-full rounded-md border bg-sunken px-2 font-mono"
      />
    </span>
  );
}
