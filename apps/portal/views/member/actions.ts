"use server";
import { AccountError, type RequestOrigin, type Viewer } from "@layerport/accounts";
import { type Role, roles } from "@layerport/registry-core";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { asSentence } from "../../server/form.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

/** A fresh link, and whose it is. */
export interface InvitationLink {
  readonly email: string | undefined;
  readonly link: string;
  readonly isMailed: boolean;
}

/** What the form for invitations shows after it was sent. */
export interface InviteFormState extends FormState {
  /** The links, once. */
  readonly links?: readonly InvitationLink[];
}

const inviteForm = z.strictObject({
  organization: z.string().max(64),
  emails: z.string().max(20_000),
  role: z.enum(["default", ...roles]),
  teams: z.string().max(4000),
});

/** More at once would be a mailing list. */
const mostAddresses = 50;

/** Invites everybody whose address was entered, or whoever has the link where none was. */
export async function invite(_before: InviteFormState, form: FormData): Promise<InviteFormState> {
  return submitForm(form, {
    schema: inviteForm,
    fields: { EMAIL: "emails", TEAM: "teams" },
    async run(viewer, entered, origin): Promise<InviteFormState> {
      const emails = listOf(entered.emails);
      if (emails.length > mostAddresses) {
        return { field: "emails", message: `Invite at most ${mostAddresses} at once.`, entered };
      }
      const order = {
        organization: entered.organization,
        role: entered.role === "default" ? undefined : entered.role,
        teams: listOf(entered.teams),
      };
      const { links, refused } = await inviteEach({
        viewer,
        origin,
        order,
        emails: emails.length === 0 ? [undefined] : emails,
      });
      revalidatePath("/", "layout");
      if (refused.length === 0) return { links };
      const left = refused.map(({ email }) => email).join(", ");
      return {
        links,
        field: "emails",
        message: refused.map(({ email, why }) => `${email}: ${why}`).join(" "),
        entered: { ...entered, emails: left },
      };
    },
  });
}

/** One after another; an address that is refused does not stop those after it. */
async function inviteEach(wanted: {
  readonly viewer: Viewer;
  readonly origin: RequestOrigin;
  readonly order: { organization: string; role: Role | undefined; teams: readonly string[] };
  readonly emails: readonly (string | undefined)[];
}) {
  const links: InvitationLink[] = [];
  const refused: { email: string; why: string }[] = [];
  for (const email of wanted.emails) {
    try {
      const { link, isMailed } = await rooms().accounts.createInvitation(
        wanted.viewer,
        { ...wanted.order, email },
        wanted.origin,
      );
      links.push({ email, link, isMailed });
    } catch (error) {
      if (email === undefined || !AccountError.is(error) || error.code !== "EMAIL_INVALID") throw error;
      refused.push({ email, why: asSentence(error) });
    }
  }
  return { links, refused };
}

function listOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ""))];
}

const idForm = z.strictObject({ id: z.uuid() });

/** Ends an invitation's link at once. */
export async function revokeInvitation(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: idForm,
    async run(viewer, { id }, origin) {
      await rooms().accounts.revokeInvitation(viewer, id, origin);
      revalidatePath("/", "layout");
      return { done: "Revoked." };
    },
  });
}
