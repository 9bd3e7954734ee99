"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { formatCounted } from "../../format/count.ts";
import { rooms } from "../../server/rooms.ts";
import { rememberSession } from "../../server/session.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

/** Sets a new password, ends all sessions, and signs this browser in anew. */
export async function changePassword(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ password: z.string().max(1000), newPassword: z.string().max(1000) }),
    fields: { PASSWORD_: "newPassword", CREDENTIALS_WRONG: "password", TOO_MANY_ATTEMPTS: "password" },
    async run(viewer, change, origin) {
      const { session } = await rooms().accounts.changePassword(viewer, change, origin);
      await rememberSession(session);
      revalidatePath("/settings/security");
      return { done: "Your password is changed, and every other browser is signed out." };
    },
  });
}

/** Signs one browser out. */
export async function endSession(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ id: z.uuid() }),
    async run(viewer, { id }, origin) {
      await rooms().accounts.endSession(viewer, id, origin);
      revalidatePath("/settings/security");
      return {};
    },
  });
}

/** Signs every browser out but this one. */
export async function endOtherSessions(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({}),
    async run(viewer, _fields, origin) {
      const count = await rooms().accounts.endOtherSessions(viewer, origin);
      revalidatePath("/settings/security");
      return { done: `Signed out ${formatCounted(count, "other browser")}.` };
    },
  });
}
