import { AccountError, type RequestOrigin, type Viewer } from "@layerport/accounts";
import { RegistryError } from "@layerport/registry-core";
import type { z } from "zod";
import { asSentence, changedForm, readForm, sessionEnded } from "./form.ts";
import { currentOrigin, findViewer } from "./viewer.ts";

/** What a form shows after it was sent. */
export interface FormState {
  /** The field to which `message` belongs; absent where it belongs to the whole form. */
  readonly field?: string | undefined;
  /** Why it was refused, as a sentence. */
  readonly message?: string;
  /** What was entered, passwords never, so that nobody has to type it again. */
  readonly entered?: Readonly<Record<string, string>>;
  /** What was done, as a sentence. */
  readonly done?: string;
}

/** Where a change comes from: an address is known of every request. */
export type ChangeOrigin = RequestOrigin & { readonly address: string };

/** How one form is sent. */
export interface FormWork<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** The field at which a refusal is shown, by its code or by how its code begins, as in `PASSWORD_`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Calls the one verb, and answers what to show now; a refusal that it throws is shown at its field. */
  readonly run: (viewer: Viewer, fields: z.infer<Schema>, origin: ChangeOrigin) => Promise<FormState>;
}

/** Hands what the form of a page says to one verb, in the name of whoever is signed in. */
export async function submitForm<Schema extends z.ZodType>(form: FormData, work: FormWork<Schema>): Promise<FormState> {
  const viewer = await findViewer();
  if (!viewer) return { message: sessionEnded };
  return submitOpenForm(form, { ...work, run: (fields, origin) => work.run(viewer, fields, origin) });
}

/** How a form is sent that needs nobody to be signed in. */
export interface OpenFormWork<Schema extends z.ZodType> extends Omit<FormWork<Schema>, "run"> {
  readonly run: (fields: z.infer<Schema>, origin: ChangeOrigin) => Promise<FormState>;
}

/** The same for a form of those who have no account yet, or cannot sign in. */
export async function submitOpenForm<Schema extends z.ZodType>(
  form: FormData,
  work: OpenFormWork<Schema>,
): Promise<FormState> {
  const fields = readForm(work.schema, form);
  if (fields === undefined) return { message: changedForm };
  try {
    return await work.run(fields, await currentOrigin());
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refusedForm(error, fields, work.fields);
  }
}

/** What a form shows that was refused. */
export function refusedForm(
  refusal: AccountError | RegistryError,
  entered: unknown,
  fields: Readonly<Record<string, string>> = {},
): FormState {
  const beginning = Object.keys(fields).find((known) => refusal.code.startsWith(known));
  return {
    field: beginning === undefined ? undefined : fields[beginning],
    message: asSentence(refusal),
    entered: withoutPasswords(entered),
  };
}

/** Whether an error is meant to be read by whoever asked. */
export function isRefusal(error: unknown): error is AccountError | RegistryError {
  return AccountError.is(error) || RegistryError.is(error);
}

function withoutPasswords(entered: unknown): Readonly<Record<string, string>> {
  if (typeof entered !== "object" || entered === null) return {};
  return Object.fromEntries(
    Object.entries(entered).filter(
      (field): field is [string, string] => typeof field[1] === "string" && !/password/i.test(field[0]),
    ),
  );
}
