"use server";
import { redirect } from "next/navigation";
import { z } from "zod";
import { organizationPath } from "../../server/organization-path.ts";
import { rooms } from "../../server/rooms.ts";
import { rememberSession } from "../../server/session.ts";
import { type FormState, submitForm, submitOpenForm } from "../../server/submit-form.ts";

const token = z.string().max(200);

/** Joins as whoever is signed in. */
export async function acceptInvitation(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ token }),
    async run(viewer, fields, origin) {
      const { organization } = await rooms().accounts.acceptInvitation(viewer, fields.token, origin);
      redirect(organization === undefined ? "/" : organizationPath(organization));
    },
  });
}

const newUserForm = z.strictObject({
  token,
  name: z.string().max(200),
  email: z.string().max(400),
  displayName: z.string().max(400),
  password: z.string().max(1000),
});

/** Makes the account that was invited, joins, and signs this browser in. */
export async function acceptAsNewUser(_before: FormState, form: FormData): Promise<FormState> {
  return submitOpenForm(form, {
    schema: newUserForm,
    fields: {
      NAME_: "name",
      EMAIL_: "email",
      INVITATION_FOR_ANOTHER: "email",
      DISPLAY_NAME_INVALID: "displayName",
      PASSWORD_: "password",
    },
    async run({ displayName, ...user }, origin) {
      const { accounts } = rooms();
      const { organization } = await accounts.describeInvitation(user.token);
      const { session } = await accounts.acceptInvitationAsNewUser(
        { ...user, displayName: displayName.trim() || undefined },
        origin,
      );
      await rememberSession(session);
      redirect(organization === undefined ? "/" : organizationPath(organization.name));
    },
  });
}
