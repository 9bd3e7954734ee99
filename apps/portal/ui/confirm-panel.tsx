"use client";
import { type ReactNode, useActionState, useEffect, useRef } from "react";
import { type ButtonVariant, buttonStyle } from "./button.tsx";
import { FormMessage } from "./form-message.tsx";
import { SubmitButton } from "./submit-button.tsx";

export interface ConfirmPanelProps {
  /** What is asked: "Make acme/api public?". */
  readonly title: string;
  /** What will happen, listed: who gains, who loses, what ends. */
  readonly children: ReactNode;
  /** Verb and object: "Make it public". */
  readonly confirmLabel: string;
  readonly confirmVariant?: ButtonVariant;
  /** Back to the page as it was. */
  readonly cancelHref: string;
  /** Does it and leads on; answers why it was refused. */
  readonly action: (before: ConfirmState, form: FormData) => Promise<ConfirmState>;
  /** What `action` reads. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the panel shows after its form was sent. */
export interface ConfirmState {
  readonly message?: string;
}

/**
 * Asks before something is changed for others. It stands at an address of its own, so it can be linked and needs no
 * script, and the focus begins at Cancel.
 */
export function ConfirmPanel(props: ConfirmPanelProps) {
  const [state, send] = useActionState(props.action, {});
  const cancel = useRef<HTMLAnchorElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  return (
    <section aria-label={props.title} className="mb-8 max-w-180 rounded-md border border-border-strong bg-raised">
      <form action={send}>
        <div className="flex flex-col gap-3 p-4">
          <h2 className="font-semibold text-lg">{props.title}</h2>
          <div className="flex flex-col gap-2">{props.children}</div>
          <FormMessage refusal={state.message} />
        </div>
        {Object.entries(props.fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">
          {/* Loaded anew, as the links of `Tabs`. */}
          <a ref={cancel} href={props.cancelHref} className={buttonStyle("secondary")}>
            Cancel
          </a>
          <SubmitButton variant={props.confirmVariant ?? "primary"}>{props.confirmLabel}</SubmitButton>
        </div>
      </form>
    </section>
  );
}
