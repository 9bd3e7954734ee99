"use server";
import { AccountError } from "@layerport/accounts";
import type { Permission } from "@layerport/registry-core";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { asSentence, changedForm, readForm, sessionEnded } from "../../server/form.ts";
import { rooms } from "../../server/rooms.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";

/** What the form for a new token shows after it was sent. */
export interface TokenFormState {
  readonly field?: "name" | "patterns" | "expiry" | "form";
  readonly message?: string;
  readonly entered?: { readonly name: string; readonly patterns: string };
  /** The new token, once. */
  readonly created?: { readonly secret: string; readonly name: string };
}

const presets = {
  read: ["pull"],
  write: ["pull", "push", "overwrite"],
  delete: ["pull", "push", "overwrite", "delete"],
} as const satisfies Record<string, readonly Permission[]>;

const tokenForm = z.strictObject({
  name: z.string().max(400),
  rights: z.enum(["read", "write", "delete"]),
  patterns: z.string().max(8000),
  days: z.enum(["7", "30", "90", "365"]),
});

/** Creates a token for the viewer. Its secret is in the answer and nowhere else. */
export async function createToken(_before: TokenFormState, form: FormData): Promise<TokenFormState> {
  const viewer = await findViewer();
  if (!viewer) return { field: "form", message: sessionEnded };
  const fields = readForm(tokenForm, form);
  if (!fields) return { field: "form", message: changedForm };
  const { name, rights, patterns, days } = fields;
  try {
    const { secret } = await rooms().accounts.createAccessToken(
      viewer,
      {
        name,
        permissions: presets[rights],
        repositoryPatterns: patterns.split(/[\s,]+/).filter((pattern) => pattern !== ""),
        expiresInDays: Number(days),
      },
      await currentOrigin(),
    );
    revalidatePath("/settings/tokens");
    return { created: { secret, name } };
  } catch (error) {
    if (!AccountError.is(error)) throw new Error("the token could not be created", { cause: error });
    const field = { TOKEN_NAME_INVALID: "name", TOKEN_PATTERN_INVALID: "patterns", TOKEN_EXPIRY_INVALID: "expiry" }[
      error.code as string
    ] as TokenFormState["field"];
    return { field: field ?? "form", message: asSentence(error), entered: { name, patterns } };
  }
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
    if (!AccountError.is(error)) throw new Error("the token could not be changed", { cause: error });
    return asSentence(error);
  }
  revalidatePath("/settings/tokens");
  return undefined;
}
