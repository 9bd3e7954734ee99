"use server";
import type { CreatedPasswordReset, Viewer } from "@layerport/accounts";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { rooms } from "../../server/rooms.ts";
import { type ChangeOrigin, type FormState, submitForm } from "../../server/submit-form.ts";
import { type UserChange, userChanges } from "./user-changes.ts";

const name = z.string().max(200);

/** Makes one change of an account and leads back to its page. */
export async function changeUser(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ name, change: z.enum(userChanges) }),
    async run(viewer, fields, origin) {
      await makeChange(viewer, fields, origin);
      redirect(`/admin/users/${encodeURIComponent(fields.name)}`);
    },
  });
}

async function makeChange(
  viewer: Viewer,
  user: { readonly name: string; readonly change: UserChange },
  origin: ChangeOrigin,
): Promise<void> {
  const { accounts } = rooms();
  switch (user.change) {
    case "disable":
      return accounts.suspendUser(viewer, user.name, origin);
    case "enable":
      return accounts.reinstateUser(viewer, user.name, origin);
    case "make-administrator":
    case "end-administrator": {
      const roles = { isAdministrator: user.change === "make-administrator" };
      await accounts.changeUserRoles(viewer, { name: user.name, roles }, origin);
      return;
    }
    case "make-auditor":
    case "end-auditor":
      await accounts.changeUserRoles(
        viewer,
        { name: user.name, roles: { isAuditor: user.change === "make-auditor" } },
        origin,
      );
  }
}

/** What the form for a reset link shows after it was sent. */
export interface ResetLinkState extends FormState {
  /** The link, once. */
  readonly created?: Omit<CreatedPasswordReset, "expiresAt">;
}

/** Makes a link by which a person sets a new password. */
export async function createResetLink(_before: ResetLinkState, form: FormData): Promise<ResetLinkState> {
  return submitForm(form, {
    schema: z.strictObject({ name }),
    async run(viewer, fields, origin): Promise<ResetLinkState> {
      const { link, isMailed } = await rooms().accounts.createPasswordReset(viewer, fields.name, origin);
      return { created: { link, isMailed } };
    },
  });
}

/** Ends an access token of somebody else. */
export async function revokeTokenOf(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ user: name, id: z.uuid() }),
    async run(viewer, token, origin) {
      await rooms().accounts.revokeUserAccessToken(viewer, token, origin);
      revalidatePath("/admin", "layout");
      return {};
    },
  });
}

/** Makes the administrator an owner, and leads to the organization's members. */
export async function takeOwnership(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ organization: name }),
    async run(viewer, { organization }, origin) {
      await rooms().accounts.takeOwnership(viewer, organization, origin);
      redirect(`/admin/orgs?q=${encodeURIComponent(organization)}`);
    },
  });
}

/** What the form for an invitation shows after it was sent. */
export interface InvitationState extends FormState {
  /** The link, once. */
  readonly created?: { readonly link: string; readonly email: string | undefined; readonly isMailed: boolean };
}

/** Invites a person to this Layerport. */
export async function invitePerson(_before: InvitationState, form: FormData): Promise<InvitationState> {
  return submitForm(form, {
    schema: z.strictObject({ email: z.string().max(400) }),
    fields: { EMAIL_: "email" },
    async run(viewer, { email }, origin): Promise<InvitationState> {
      const { invitation, link, isMailed } = await rooms().accounts.createInvitation(
        viewer,
        { email: email.trim() || undefined },
        origin,
      );
      revalidatePath("/admin/invitations");
      return { created: { link, email: invitation.email, isMailed } };
    },
  });
}

/** Ends an invitation to this Layerport. */
export async function revokeInvitation(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: z.strictObject({ id: z.uuid() }),
    async run(viewer, { id }, origin) {
      await rooms().accounts.revokeInvitation(viewer, id, origin);
      revalidatePath("/admin/invitations");
      return {};
    },
  });
}
