"use client";
import { Toast } from "@base-ui/react/toast";
import { clsx } from "clsx";
import { CircleCheck, CircleX, X } from "lucide-react";
import { useEffect } from "react";
import { buttonStyle } from "./button.tsx";
import { onToast, takeToasts } from "./toast.tsx";

const undoMs = 10_000;
const readMs = 6_000;

/** The notes themselves: at most three, paused while the pointer or the focus is on them. */
export function ToastList() {
  return (
    <Toast.Provider limit={3} timeout={readMs}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-50 flex flex-col gap-2 outline-none sm:start-auto sm:w-90">
          <Notes />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Notes() {
  const { toasts, add, close } = Toast.useToastManager();

  useEffect(() => {
    const show = () => {
      for (const { title, detail, tone = "neutral", undo } of takeToasts()) {
        const id = add({
          title,
          type: tone,
          ...(detail === undefined ? {} : { description: detail }),
          ...(undo === undefined
            ? {}
            : {
                timeout: undoMs,
                actionProps: {
                  children: "Undo",
                  onClick: () => {
                    close(id);
                    void undo();
                  },
                },
              }),
        });
      }
    };
    show();
    return onToast(show);
  }, [add, close]);

  return toasts.map((note) => (
    <Toast.Root
      key={note.id}
      toast={note}
      swipeDirection={["right", "down"]}
      className={clsx(
        "rounded-md border border-border-strong bg-raised transition-opacity duration-(--motion-sheet)",
        "data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0",
      )}
    >
      <Toast.Content className="flex items-center gap-3 py-2 ps-3 pe-2">
        {note.type === "success" ? <CircleCheck size={16} aria-hidden className="shrink-0 text-success" /> : null}
        {note.type === "danger" ? <CircleX size={16} aria-hidden className="shrink-0 text-danger" /> : null}
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className="text-fg-muted text-sm" />
        </div>
        <Toast.Action className={buttonStyle("secondary", "sm")} />
        <Toast.Close aria-label="Dismiss" className={clsx(buttonStyle("ghost", "sm"), "aspect-square px-0!")}>
          <X size={14} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
