import type { Role } from "@layerport/registry-core";
import { roles } from "@layerport/registry-core";
import { notFound } from "next/navigation";
import type { OrganizationPage } from "../../server/organization.ts";
import { organizationPath } from "../../server/organization-path.ts";
import { orRefused } from "../../server/refusal.ts";
import { rooms } from "../../server/rooms.ts";
import type { FormState } from "../../server/submit-form.ts";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SegmentedLinks } from "../../ui/segmented.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { PermissionChoices } from "../credential/permission-choices.tsx";
import { findMember } from "../member/find-member.ts";
import { type ChangeQuery, changePath } from "./access-change.ts";
import { chosenIn, GrantForm } from "./grant-form.tsx";
import { GrantTable } from "./grant-table.tsx";
import { roleHints } from "./role-hints.ts";

interface ControlsProps {
  readonly page: OrganizationPage;
  readonly query: ChangeQuery;
  readonly state: FormState;
  readonly back: string;
}

/** What of a change is still to be chosen, above what it would do. */
export function ChangeControls(props: ControlsProps) {
  switch (props.query.kind) {
    case "default-role":
      return <DefaultRoleControls {...props} />;
    case "member-role":
      return <MemberRoleControls {...props} />;
    case "team-member-added":
      return <TeamMemberForm {...props} />;
    case "grant-created":
      return <NewGrantControls {...props} />;
    case "grant-changed":
    case "grant-removed":
      return <GrantControls {...props} />;
    default:
      return <FormMessage refusal={props.state.message} />;
  }
}

function DefaultRoleControls({ page, query, state, back }: ControlsProps) {
  const current = page.organization.defaultRole ?? "none";
  return (
    <RoleLinks
      page={page}
      query={query}
      back={back}
      choices={["none", "reader", "writer", "maintainer"]}
      current={current}
      message={state.message}
    />
  );
}

async function MemberRoleControls({ page, query, state, back }: ControlsProps) {
  const member = await findMember(page.viewer, page.organization.name, query.user ?? "");
  if (member === undefined) notFound();
  return (
    <RoleLinks
      page={page}
      query={query}
      back={back}
      choices={["default", ...roles]}
      current={member.role ?? "default"}
      message={state.message}
    />
  );
}

function RoleLinks(props: {
  page: OrganizationPage;
  query: ChangeQuery;
  back: string;
  choices: readonly (Role | "default" | "none")[];
  current: Role | "default" | "none";
  message: string | undefined;
}) {
  const { page, query, back, choices, current } = props;
  const { name, defaultRole } = page.organization;
  const chosen = query.role ?? current;
  const hint = choices.find((choice) => choice === chosen);
  return (
    <div className="flex flex-col items-start gap-2">
      <SegmentedLinks
        label="Role"
        options={choices.map((role) => ({
          href: changePath(name, { ...query, role }, back),
          label: role === "default" ? `default (${defaultRole ?? "none"})` : role,
          isCurrent: role === chosen,
        }))}
      />
      <p className="text-fg-muted text-sm">
        {hint === undefined ? null : roleHints[hint]} {chosen === current ? "This is the role now." : null}
      </p>
      <FormMessage refusal={props.message} />
    </div>
  );
}

function TeamMemberForm({ page, query, state, back }: ControlsProps) {
  // Once the name is right, what happens is all there is to see.
  if (query.user !== undefined && state.message === undefined) return null;
  return (
    <AddTeamMember
      organization={page.organization.name}
      team={query.team ?? ""}
      back={back}
      entered={query.user}
      error={state.message}
    />
  );
}

/** The form that asks for one more member of a team. */
export function AddTeamMember(props: {
  readonly organization: string;
  readonly team: string;
  readonly back: string;
  readonly entered?: string | undefined;
  readonly error?: string | undefined;
}) {
  return (
    <form action={organizationPath(props.organization, "access", "change")} className="flex max-w-96 items-start gap-2">
      <input type="hidden" name="kind" value="team-member-added" />
      <input type="hidden" name="team" value={props.team} />
      <input type="hidden" name="back" value={props.back} />
      <TextField
        name="user"
        label="Add a member"
        hint="The name of a member of the organization."
        error={props.error}
        defaultValue={props.entered}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
        className="min-w-0 flex-1"
      />
      <SubmitButton variant="secondary" className="mt-6">
        Add
      </SubmitButton>
    </form>
  );
}

function NewGrantControls({ page, query, state, back }: ControlsProps) {
  const kind = (["user", "team", "robot"] as const).find((one) => one === query.for);
  const isKnown = kind !== undefined && query.name !== undefined && query.name !== "" && state.field !== "name";
  const principal = isKnown ? { kind, name: query.name ?? "" } : undefined;
  return (
    <div className="flex flex-col gap-4">
      {principal === undefined ? null : (
        <p>
          For{" "}
          <span className="font-medium">
            {principal.kind === "user" ? "" : `${principal.kind} `}
            {principal.name}
          </span>
        </p>
      )}
      <GrantForm
        organization={page.organization.name}
        principal={principal}
        state={{ ...state, entered: query }}
        back={back}
      />
    </div>
  );
}

async function GrantControls({ page, query, state, back }: ControlsProps) {
  const { name } = page.organization;
  const grants = await orRefused(rooms().accounts.listGrants(page.viewer, name));
  const grant = grants.find(({ id }) => id === query.id);
  if (grant === undefined) notFound();
  const table = (
    <GrantTable label="The grant" organization={name} grants={[grant]} showsPrincipal mayChange={false} back={back} />
  );
  if (query.kind === "grant-removed") return table;
  return (
    <div className="flex flex-col gap-4">
      {table}
      <form action={organizationPath(name, "access", "change")} className="flex max-w-160 flex-col gap-4">
        <input type="hidden" name="kind" value="grant-changed" />
        <input type="hidden" name="ticks" value="1" />
        <input type="hidden" name="id" value={grant.id} />
        <input type="hidden" name="back" value={back} />
        <PermissionChoices
          legend="May there"
          offered={["pull", "push", "overwrite", "delete", "administer"]}
          chosen={chosenIn({ permissions: query.permissions ?? grant.permissions.join(",") })}
          error={state.message}
        />
        <div>
          <SubmitButton variant="secondary">Show who gains and who loses</SubmitButton>
        </div>
      </form>
    </div>
  );
}
