"use client";
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { type ReactNode, useRef, useState } from "react";
import { buttonStyle } from "./button.tsx";
import { type DialogTrigger, dialogStyle } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { SubmitButton } from "./submit-button.tsx";

export interface ConfirmDialogProps {
  readonly trigger: DialogTrigger;
  readonly title: string;
  /** What will happen, listed: names, counts, bytes, and what stays. */
  readonly children: ReactNode;
  /** Verb and count: "Delete 822 tags". */
  readonly confirmLabel: string;
  /** For what cannot be taken back: the name that must be typed or pasted. */
  readonly typeToConfirm?: string;
  /** Does it. It answers a sentence when it failed, which is then shown; else the dialog closes. */
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that never fails returns nothing.
  readonly action: (form: FormData) => Promise<string | undefined | void>;
}

/** Asks before something is destroyed. Focus starts on Cancel, and there is one red button, never two equal ones. */
export function ConfirmDialog({ trigger, title, children, confirmLabel, typeToConfirm, action }: ConfirmDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<string>();
  const cancel = useRef<HTMLButtonElement>(null);

  const open = (isNowOpen: boolean) => {
    setOpen(isNowOpen);
    setTyped("");
    setFailure(undefined);
  };
  const confirm = async (form: FormData) => {
    if (typeToConfirm !== undefined && typed.trim() !== typeToConfirm) {
      setFailure(`That is not the name. Type ${typeToConfirm}.`);
      return;
    }
    const problem = await action(form);
    if (typeof problem === "string") setFailure(problem);
    else open(false);
  };

  return (
    <AlertDialog.Root open={isOpen} onOpenChange={open}>
      <AlertDialog.Trigger className={buttonStyle(trigger.variant, trigger.size)}>{trigger.label}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialogStyle.backdrop} />
        <AlertDialog.Popup className={dialogStyle.popup} initialFocus={cancel}>
          <form action={confirm} className="flex min-h-0 flex-col">
            <div className="flex flex-col gap-3 overflow-y-auto p-4">
              <AlertDialog.Title className="font-semibold text-lg">{title}</AlertDialog.Title>
              <AlertDialog.Description render={<div />} className="text-fg-muted">
                {children}
              </AlertDialog.Description>
              {typeToConfirm === undefined ? null : (
                <TextField
                  id="type-to-confirm"
                  name="confirmation"
                  label={
                    <>
                      Type <code className="text-sm">{typeToConfirm}</code> to confirm
                    </>
                  }
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.currentTarget.value)}
                />
              )}
              {failure === undefined ? null : (
                <p role="alert" className="text-danger text-sm">
                  {failure}
                </p>
              )}
            </div>
            <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">
              <AlertDialog.Close ref={cancel} className={buttonStyle("secondary")}>
                Cancel
              </AlertDialog.Close>
              <SubmitButton variant="danger">{confirmLabel}</SubmitButton>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
