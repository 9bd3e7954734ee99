"use server";
import { redirect } from "next/navigation";
import { z } from "zod";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitOpenForm } from "../../server/submit-form.ts";

/** Sets a new password in the name of whoever holds the link, and leads on to the sign-in. */
export async function setPassword(_before: FormState, form: FormData): Promise<FormState> {
  return submitOpenForm(form, {
    schema: z.strictObject({ token: z.string().max(200), newPassword: z.string().max(1000) }),
    fields: { PASSWORD_: "newPassword" },
    async run({ token, newPassword }, origin) {
      await rooms().accounts.resetPassword(token, newPassword, origin);
      redirect("/login?notice=password-set");
    },
  });
}
