"use server";
import type { RobotWithSecret } from "@layerport/accounts";
import { permissions } from "@layerport/registry-core";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { organizationPath } from "../../server/organization-path.ts";
import { rooms } from "../../server/rooms.ts";
import { type FormState, submitForm } from "../../server/submit-form.ts";

/** What a form shows that makes a secret. */
export interface SecretFormState extends FormState {
  /** The new secret, once. */
  readonly created?: { readonly name: string; readonly loginName: string; readonly secret: string };
}

const days = z.enum(["7", "30", "90", "180", "365"]);
const organization = z.string().max(64);
const robot = z.string().max(64);
const ticked = z.literal("on").optional();

const newRobotForm = z.strictObject({
  organization,
  name: z.string().max(200),
  description: z.string().max(4000),
  patterns: z.string().max(8000),
  days,
  pull: ticked,
  push: ticked,
  overwrite: ticked,
  delete: ticked,
  administer: ticked,
});

/** Makes a robot with its first grants. Its secret is in the answer and nowhere else. */
export async function createRobot(_before: SecretFormState, form: FormData): Promise<SecretFormState> {
  return submitForm(form, {
    schema: newRobotForm,
    fields: {
      ROBOT_NAME: "name",
      DESCRIPTION: "description",
      ROBOT_EXPIRY: "days",
      GRANT_PATTERN: "patterns",
      GRANT_PERMISSIONS: "permissions",
    },
    async run(viewer, entered, origin): Promise<SecretFormState> {
      const patterns = [...new Set(entered.patterns.split(/[\s,]+/).filter((pattern) => pattern !== ""))];
      const given = permissions.filter((permission) => entered[permission] === "on");
      const made = await rooms().accounts.createRobot(
        viewer,
        entered.organization,
        {
          name: entered.name,
          description: entered.description,
          expiresInDays: Number(entered.days),
          grants: patterns.map((pattern) => ({ pattern, permissions: given })),
        },
        origin,
      );
      revalidatePath("/", "layout");
      return { created: describe(made) };
    },
  });
}

const rotationForm = z.strictObject({ organization, robot, days, overlap: z.enum(["0", "1", "24", "72", "168"]) });

/** Gives a robot a new secret; those before it go on for the overlap. */
export async function rotateSecret(_before: SecretFormState, form: FormData): Promise<SecretFormState> {
  return submitForm(form, {
    schema: rotationForm,
    fields: { ROBOT_EXPIRY: "days", OVERLAP: "overlap" },
    async run(viewer, entered, origin): Promise<SecretFormState> {
      const made = await rooms().accounts.rotateRobotSecret(
        viewer,
        entered.organization,
        { robot: entered.robot, expiresInDays: Number(entered.days), overlapHours: Number(entered.overlap) },
        origin,
      );
      revalidatePath("/", "layout");
      return { created: describe(made) };
    },
  });
}

const robotForm = z.strictObject({ organization, robot });

/** Refuses every request of a robot from now on. */
export async function suspendRobot(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: robotForm,
    async run(viewer, entered, origin) {
      await rooms().accounts.suspendRobot(viewer, entered.organization, entered.robot, origin);
      revalidatePath("/", "layout");
      return {};
    },
  });
}

/** Takes a suspension back. */
export async function reinstateRobot(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: robotForm,
    async run(viewer, entered, origin) {
      await rooms().accounts.reinstateRobot(viewer, entered.organization, entered.robot, origin);
      revalidatePath("/", "layout");
      return {};
    },
  });
}

/** Deletes a robot with its secrets and grants, and leads to the list of the others. */
export async function deleteRobot(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: robotForm,
    async run(viewer, entered, origin) {
      await rooms().accounts.deleteRobot(viewer, entered.organization, entered.robot, origin);
      revalidatePath("/", "layout");
      redirect(organizationPath(entered.organization, "robots"));
    },
  });
}

const secretForm = z.strictObject({ organization, robot, id: z.uuid() });

/** Ends one secret of a robot at once, and leads back to the robot. */
export async function revokeSecret(_before: FormState, form: FormData): Promise<FormState> {
  return submitForm(form, {
    schema: secretForm,
    async run(viewer, entered, origin) {
      const secret = { robot: entered.robot, id: entered.id };
      await rooms().accounts.revokeRobotSecret(viewer, entered.organization, secret, origin);
      revalidatePath("/", "layout");
      redirect(organizationPath(entered.organization, "robots", entered.robot));
    },
  });
}

function describe({ robot: { name, loginName }, secret }: RobotWithSecret) {
  return { name, loginName, secret };
}
