"use server";
import { AccountError } from "@layerport/accounts";
import { redirect } from "next/navigation";
import { z } from "zod";
import { readForm } from "../../server/form.ts";
import { returnPath } from "../../server/return-path.ts";
import { rooms } from "../../server/rooms.ts";
import { rememberSession } from "../../server/session.ts";
import { currentOrigin } from "../../server/viewer.ts";

/** What the sign-in form shows after it was sent: why it failed, and the name that was entered. */
export interface SignInFormState {
  readonly code?: string;
  readonly name?: string;
}

const signInForm = z.strictObject({
  name: z.string().max(400),
  password: z.string().max(1000),
  returnTo: z.string().max(4000),
});

/** Signs this browser in and leads on to where the visitor wanted to go. */
export async function signIn(_before: SignInFormState, form: FormData): Promise<SignInFormState> {
  const fields = readForm(signInForm, form);
  if (!fields) return { code: "FORM_CHANGED" };
  const { name, password, returnTo } = fields;
  try {
    const { session } = await rooms().accounts.signIn({ nameOrEmail: name, password, ...(await currentOrigin()) });
    await rememberSession(session);
  } catch (error) {
    if (!AccountError.is(error)) throw new Error("a sign-in failed", { cause: error });
    return { code: error.code, name };
  }
  redirect(returnPath(returnTo));
}
