"use server";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { changedForm } from "../../server/form.ts";
import { returnPath } from "../../server/return-path.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";
import { findChange, formatChange } from "./access-change.ts";
import { applyChange } from "./apply-change.ts";
import { describeDone } from "./change-words.ts";
import { formatNotice, type Notice, noticeCookie } from "./notice-cookie.ts";

const changeForm = z
  .object({ organization: z.string().max(64), back: z.string().max(4000) })
  .catchall(z.string().max(4000));

/** Saves a change of rights, leads back, and leaves a notice there that can undo it. */
export async function saveChange(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: changeForm,
    async run(viewer, { organization, back, ...query }, origin) {
      const change = findChange(query);
      if (change === undefined) return { message: changedForm };
      const undo = await applyChange({ viewer, organization, change, origin });
      // Whoever has left the organization does not see its pages any more.
      const hasLeft = change.kind === "member-removed" && change.user === viewer.name;
      const path = hasLeft ? "/" : returnPath(back);
      await leaveNotice(path, { text: describeDone(change, organization), undo: undo && formatChange(undo) });
      revalidatePath("/", "layout");
      redirect(path);
    },
  });
}

async function leaveNotice(path: string, notice: Notice): Promise<void> {
  const jar = await cookies();
  jar.set(noticeCookie.name, formatNotice(notice), {
    httpOnly: true,
    sameSite: "lax",
    secure: rooms().environment.publicUrl.startsWith("https:"),
    path: new URL(path, "http://localhost").pathname,
    maxAge: noticeCookie.seconds,
  });
}
