"use server";
import { joinRepositoryName, parseRepositoryName, splitRepositoryName } from "@layerport/registry-core";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { settingsPath } from "../../server/repository-path.ts";
import { renameAs, setVisibilityAs } from "../../server/repository-rights.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

const repository = z.string().max(300);

/** Gives a repository another path in its organization, and leads to its settings under that name. */
export async function renameRepository(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ repository, path: z.string().max(400) }),
    fields: { NAME_INVALID: "path", DENIED: "path" },
    async run(viewer, fields, origin) {
      const name = parseRepositoryName(fields.repository);
      const to = joinRepositoryName(splitRepositoryName(name).organization, fields.path.trim());
      await renameAs({ viewer, repository: name, origin }, to);
      revalidatePath("/", "layout");
      redirect(settingsPath(to));
    },
  });
}

/** Makes a repository public or private, and leads back to who may do what. */
export async function changeVisibility(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ repository, visibility: z.enum(["public", "private"]) }),
    async run(viewer, fields, origin) {
      const name = parseRepositoryName(fields.repository);
      await setVisibilityAs({ viewer, repository: name, origin }, fields.visibility);
      revalidatePath("/", "layout");
      redirect(settingsPath(name, "access"));
    },
  });
}
