"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { organizationPath } from "../../server/organization-path.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

const teamForm = z.strictObject({
  organization: z.string().max(64),
  /** The present name; empty for a team that is to be made. */
  team: z.string().max(64),
  name: z.string().max(200),
  displayName: z.string().max(400),
  description: z.string().max(4000),
});

/** Makes a team, or gives one other properties, and opens its page. */
export async function saveTeam(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: teamForm,
    fields: { TEAM_NAME: "name", DISPLAY_NAME: "displayName", DESCRIPTION: "description" },
    async run(viewer, { organization, team, ...properties }, origin) {
      const { accounts } = rooms();
      const saved =
        team === ""
          ? await accounts.createTeam(viewer, organization, properties, origin)
          : await accounts.changeTeam(viewer, { organization, team }, properties, origin);
      revalidatePath("/", "layout");
      redirect(organizationPath(organization, "teams", saved.name));
    },
  });
}
