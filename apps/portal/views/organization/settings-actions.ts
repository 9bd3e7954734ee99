"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { organizationPath } from "../../server/organization-path.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

const organization = z.string().max(64);
const propertiesForm = z.strictObject({
  organization,
  displayName: z.string().max(400),
  description: z.string().max(4000),
});

/** What an organization is called for people, and what it is for. */
export async function saveProperties(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: propertiesForm,
    fields: { DISPLAY_NAME: "displayName", DESCRIPTION: "description" },
    async run(viewer, { organization: name, ...changes }, origin) {
      await rooms().accounts.changeOrganization(viewer, name, changes, origin);
      revalidatePath("/", "layout");
      return { done: "Saved.", entered: changes };
    },
  });
}

const renameForm = z.strictObject({ organization, name: z.string().max(200) });

/** Gives an organization another name, and leads to the same page under it. */
export async function rename(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: renameForm,
    fields: { NAME: "name" },
    async run(viewer, { organization: from, name }, origin) {
      const renamed = await rooms().accounts.renameOrganization(viewer, from, name, origin);
      revalidatePath("/", "layout");
      redirect(organizationPath(renamed.name, "settings"));
    },
  });
}

const deletionForm = z.strictObject({ organization, confirmation: z.string().max(200) });

/** Deletes an organization whose name was typed. */
export async function deleteOrganization(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: deletionForm,
    async run(viewer, { organization: name, confirmation }, origin) {
      if (confirmation.trim() !== name) {
        return { field: "confirmation", message: `That is not the name. Type ${name}.` };
      }
      await rooms().accounts.deleteOrganization(viewer, name, origin);
      revalidatePath("/", "layout");
      redirect("/");
    },
  });
}
