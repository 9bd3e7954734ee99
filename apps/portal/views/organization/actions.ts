"use server";
import { AccountError } from "@layerport/accounts";
import { redirect } from "next/navigation";
import { z } from "zod";
import { asSentence, changedForm, readForm, sessionEnded } from "../../server/form.ts";
import { rooms } from "../../server/rooms.ts";
import { currentOrigin, findViewer } from "../../server/viewer.ts";

/** What the form for a new organization shows after it was sent. */
export interface OrganizationFormState {
  readonly field?: "name" | "displayName" | "form";
  readonly message?: string;
  readonly entered?: { readonly name: string; readonly displayName: string };
}

const organizationForm = z.strictObject({ name: z.string().max(200), displayName: z.string().max(400) });

/** Creates a shared organization that the viewer owns, and opens its page. */
export async function createOrganization(
  _before: OrganizationFormState,
  form: FormData,
): Promise<OrganizationFormState> {
  const viewer = await findViewer();
  if (!viewer) return { field: "form", message: sessionEnded };
  const fields = readForm(organizationForm, form);
  if (!fields) return { field: "form", message: changedForm };
  const { name, displayName } = fields;
  try {
    await rooms().accounts.createOrganization(
      viewer,
      { name, displayName: displayName.trim() || undefined },
      await currentOrigin(),
    );
  } catch (error) {
    if (!AccountError.is(error)) throw new Error("the organization could not be created", { cause: error });
    const field =
      error.code === "DISPLAY_NAME_INVALID" ? "displayName" : error.code.startsWith("NAME_") ? "name" : "form";
    return { field, message: asSentence(error), entered: { name, displayName } };
  }
  redirect(`/o/${name}`);
}
