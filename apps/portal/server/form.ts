import type { z } from "zod";

/**
 * The fields of a form as its schema knows them, or `undefined` when a field is missing, malformed or one too many:
 * then the form was not sent by its page. The fields that React adds for its own use are left out.
 */
export function readForm<Schema extends z.ZodType>(schema: Schema, form: FormData): z.infer<Schema> | undefined {
  const fields = [...form.entries()].filter(([name]) => !name.startsWith("$ACTION_"));
  // An object would keep the last of two fields with one name, and hide that there were two.
  if (new Set(fields.map(([name]) => name)).size < fields.length) return undefined;
  const parsed = schema.safeParse(Object.fromEntries(fields));
  return parsed.success ? parsed.data : undefined;
}

/** What a page says when `readForm` answers nothing. */
export const changedForm = "This form was changed on its way. Load the page again.";

/** What a page says when a form comes from a browser that is signed out by now. */
export const sessionEnded = "Your session has ended. Sign in again.";

/** A refusal's message as a sentence of its own. */
export function asSentence({ message }: Error): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
