"use server";
import { AccountError, type AccountErrorCode } from "@layerport/accounts";
import { redirect } from "next/navigation";
import { z } from "zod";
import { asSentence, changedForm, readForm } from "../../server/form.ts";
import { rooms } from "../../server/rooms.ts";
import { rememberSession } from "../../server/session.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";

/** What a form shows after it was sent: the refusal, and the field that it belongs to. */
export interface SetupFormState {
  readonly field?: "name" | "email" | "password" | "form";
  readonly message?: string;
  /** What was entered, a password never. */
  readonly entered?: { readonly name: string; readonly email: string };
}

const administratorForm = z.strictObject({
  setupToken: z.string().max(200),
  name: z.string().max(200),
  email: z.string().max(400),
  password: z.string().max(1000),
  anonymousPull: z.literal("on").optional(),
});

/** Makes the first administrator, signs this browser in as them, and goes on to the first push. */
export async function makeAdministrator(_before: SetupFormState, form: FormData): Promise<SetupFormState> {
  const fields = readForm(administratorForm, form);
  if (!fields) return { field: "form", message: changedForm };
  const { setupToken, name, email, password, anonymousPull } = fields;
  const { accounts } = rooms();
  const origin = await currentOrigin();
  try {
    const { session } = await accounts.createFirstAdministrator({ setupToken, name, email, password }, origin);
    const viewer = await accounts.findViewer(session.id);
    if (viewer) await accounts.changeSettings(viewer, { anonymousPull: anonymousPull === "on" }, origin);
    await rememberSession(session);
  } catch (error) {
    if (!AccountError.is(error)) throw new Error("the administrator could not be made", { cause: error });
    return { field: fieldOf(error.code), message: asSentence(error), entered: { name, email } };
  }
  redirect("/setup");
}

/** Ends setup for good. */
export async function finishSetup(): Promise<void> {
  const viewer = await findViewer();
  if (!viewer) redirect("/login?callbackUrl=%2Fsetup");
  await rooms().accounts.completeSetup(viewer, await currentOrigin());
  redirect("/");
}

function fieldOf(code: AccountErrorCode): NonNullable<SetupFormState["field"]> {
  if (code.startsWith("NAME_")) return "name";
  if (code.startsWith("EMAIL_")) return "email";
  return code.startsWith("PASSWORD_") ? "password" : "form";
}
