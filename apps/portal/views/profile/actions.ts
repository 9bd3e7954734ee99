"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

const password = z.string().max(1000);
/** A refusal that is about the password that was asked for again. */
const passwordField = { CREDENTIALS_WRONG: "password", TOO_MANY_ATTEMPTS: "password" };

/** Changes what the viewer is called in lists. */
export async function changeDisplayName(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ displayName: z.string().max(400) }),
    fields: { DISPLAY_NAME_INVALID: "displayName" },
    async run(viewer, { displayName }, origin) {
      await rooms().accounts.changeProfile(viewer, { displayName: displayName.trim() || undefined }, origin);
      revalidatePath("/", "layout");
      return { done: "Saved." };
    },
  });
}

/** Changes the address that mail goes to and that signs in. */
export async function changeEmail(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ email: z.string().max(400), password }),
    fields: { EMAIL_: "email", ...passwordField },
    async run(viewer, change, origin) {
      const { email } = await rooms().accounts.changeEmail(viewer, change, origin);
      revalidatePath("/", "layout");
      return { done: `Your address is ${email} now.` };
    },
  });
}

/** Gives the viewer, and the organization of the same name, another name. */
export async function renameViewer(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ name: z.string().max(200), password }),
    fields: { NAME_: "name", ...passwordField },
    async run(viewer, change, origin) {
      const { name } = await rooms().accounts.renameUser(viewer, change, origin);
      revalidatePath("/", "layout");
      return { done: `You are ${name} now. ${viewer.name} goes on pulling.` };
    },
  });
}
