"use client";
import { Dialog as Primitive } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { type ButtonSize, type ButtonVariant, buttonStyle } from "./button.tsx";

/** What opens a dialog. */
export interface DialogTrigger {
  readonly label: ReactNode;
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
}

/** The box and the veil behind it, the same for all dialogs. */
export const dialogStyle = {
  backdrop:
    "fixed inset-0 z-50 bg-[rgb(6_8_11/0.5)] transition-opacity duration-(--motion-menu) data-ending-style:opacity-0 data-starting-style:opacity-0",
  popup: clsx(
    "fixed top-[max(24px,12vh)] left-1/2 z-50 flex max-h-[min(76vh,calc(100dvh-48px))] w-[min(32rem,calc(100vw-32px))] -translate-x-1/2 flex-col",
    "rounded-lg border border-border-strong bg-raised outline-none",
    "transition-opacity duration-(--motion-menu) data-ending-style:opacity-0 data-starting-style:opacity-0",
  ),
};

/** A layer over the page for a small task of its own. Escape closes it, and focus goes back to what opened it. */
export function Dialog(props: { trigger: DialogTrigger; title: string; children: ReactNode }) {
  return (
    <Primitive.Root>
      <Primitive.Trigger className={buttonStyle(props.trigger.variant, props.trigger.size)}>
        {props.trigger.label}
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Backdrop className={dialogStyle.backdrop} />
        <Primitive.Popup className={dialogStyle.popup}>
          <div className="flex items-center justify-between gap-4 border-b px-4 py-2">
            <Primitive.Title className="font-semibold text-lg">{props.title}</Primitive.Title>
            <Primitive.Close aria-label="Close" className={clsx(buttonStyle("ghost", "sm"), "aspect-square px-0!")}>
              <X size={16} aria-hidden />
            </Primitive.Close>
          </div>
          <div className="overflow-y-auto p-4">{props.children}</div>
        </Primitive.Popup>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
