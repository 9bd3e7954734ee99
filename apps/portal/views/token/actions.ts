"use server";
import { accessTokenRules } from "@layerport/accounts";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { asSentence, sessionEnded } from "../../server/form.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, isRefusal, submitForm } from "../../server/submit-form.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";

/** What the form for a new token shows after it was sent. */
export interface TokenFormState extends FormState {
  /** The new token, once. */
  readonly created?: { readonly secret: string; readonly name: string };
}

const ticked = z.literal("on").optional();
const tokenForm = z.strictObject({
  name: z.string().max(400),
  patterns: z.string().max(8000),
  days: z.enum(["7", "30", "90", "365"]),
  pull: ticked,
  push: ticked,
  overwrite: ticked,
  delete: ticked,
});

/** Creates a token for the viewer. Its secret is in the answer and nowhere else. */
export async function createToken(_before: TokenFormState, form: FormData): Promise<TokenFormState> {
  return submitForm(form, {
    schema: tokenForm,
    fields: {
      TOKEN_NAME_INVALID: "name",
      TOKEN_PATTERN_INVALID: "patterns",
      TOKEN_PERMISSIONS_INVALID: "permissions",
      TOKEN_EXPIRY_INVALID: "days",
    },
    async run(viewer, { name, patterns, days, ...ticks }, origin): Promise<TokenFormState> {
      const { secret } = await rooms().accounts.createAccessToken(
        viewer,
        {
          name,
          permissions: accessTokenRules.permissions.filter((permission) => ticks[permission] === "on"),
          repositoryPatterns: patterns.split(/[\s,]+/).filter((pattern) => pattern !== ""),
          expiresInDays: Number(days),
        },
        origin,
      );
      revalidatePath("/settings/tokens");
      return { created: { secret, name } };
    },
  });
}

const idForm = z.strictObject({ id: z.uuid() });

/** Ends a token at once, for a browser without a script. */
export async function revokeByForm(form: FormData): Promise<void> {
  await submitForm(form, {
    schema: idForm,
    async run(viewer, { id }, origin) {
      await rooms().accounts.revokeAccessToken(viewer, id, origin);
      revalidatePath("/settings/tokens");
      return {};
    },
  });
}

/** Ends a token at once. Answers a sentence when that failed. */
export async function revokeToken(id: string): Promise<string | undefined> {
  return changeToken("revokeAccessToken", id);
}

/** Undoes a revocation of a moment ago. Answers a sentence when that failed. */
export async function restoreToken(id: string): Promise<string | undefined> {
  return changeToken("restoreAccessToken", id);
}

async function changeToken(verb: "revokeAccessToken" | "restoreAccessToken", id: string): Promise<string | undefined> {
  const viewer = await findViewer();
  if (!viewer) return sessionEnded;
  if (!z.uuid().safeParse(id).success) return "There is no such access token.";
  try {
    await rooms().accounts[verb](viewer, id, await currentOrigin());
  } catch (error) {
    if (!isRefusal(error)) throw new Error("the token could not be changed", { cause: error });
    return asSentence(error);
  }
  revalidatePath("/settings/tokens");
  return undefined;
}
