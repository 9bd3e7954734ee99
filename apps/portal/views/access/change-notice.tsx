import { CircleCheck } from "lucide-react";
import { cookies } from "next/headers";
import { currentPath } from "../../server/viewer.ts";
import { findNotice, noticeCookie } from "./notice-cookie.ts";
import { UndoForm } from "./undo-form.tsx";

/** What was just changed on the page before, with one click to take it back. */
export async function ChangeNotice({ organization }: { readonly organization: string }) {
  const notice = findNotice((await cookies()).get(noticeCookie.name)?.value);
  if (notice === undefined) return null;
  return (
    <div className="mb-6 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md border border-border-strong bg-raised py-2 ps-3 pe-2">
      <p role="status" className="flex min-h-7 min-w-0 items-center gap-2">
        <CircleCheck size={16} aria-hidden className="shrink-0 text-success" />
        <span className="min-w-0 break-words">{notice.text}</span>
      </p>
      {notice.undo === undefined ? null : (
        <UndoForm fields={{ ...notice.undo, organization, back: await currentPath() }} />
      )}
    </div>
  );
}
