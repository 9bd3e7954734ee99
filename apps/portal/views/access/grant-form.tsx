import type { GrantPrincipal } from "@layerport/accounts";
import { permissions } from "@layerport/registry-core";
import { organizationPath } from "../../server/organization-path.ts";
import type { FormState } from "../../server/submit-form.ts";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Select } from "../../ui/select.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { PermissionChoices } from "../credential/permission-choices.tsx";

/** At which of its fields the form of a grant shows a refusal. */
export const grantFields: Readonly<Record<string, string>> = {
  GRANT_PATTERN: "pattern",
  GRANT_EXISTS: "pattern",
  GRANT_PERMISSIONS: "permissions",
  PRINCIPAL: "name",
};

/**
 * What a grant gives, and where. It asks the page that shows who gains and who loses, so it is a plain form whose
 * address is the change.
 */
export function GrantForm(props: {
  readonly organization: string;
  /** Whom it is for; chosen in the form where it is absent. */
  readonly principal?: GrantPrincipal | undefined;
  /** What was entered and why it was refused. */
  readonly state?: FormState;
  readonly back: string;
  readonly cancelHref?: string;
}) {
  const { organization, principal, state = {}, back, cancelHref } = props;
  const { entered = {} } = state;
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={organizationPath(organization, "access", "change")} className="flex max-w-160 flex-col gap-5">
      <input type="hidden" name="kind" value="grant-created" />
      <input type="hidden" name="ticks" value="1" />
      <input type="hidden" name="back" value={back} />
      {principal === undefined ? (
        <PrincipalFields entered={entered} error={errorFor("name")} />
      ) : (
        <>
          <input type="hidden" name="for" value={principal.kind} />
          <input type="hidden" name="name" value={principal.name} />
        </>
      )}
      <TextField
        name="pattern"
        label="Repositories"
        hint={`A name or a pattern: ${organization}/** is every repository, also those to come; ${organization}/web-* some.`}
        error={errorFor("pattern")}
        defaultValue={entered.pattern ?? `${organization}/**`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={200}
      />
      <PermissionChoices
        legend="May there"
        offered={permissions}
        chosen={chosenIn(entered)}
        error={errorFor("permissions")}
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div className="flex flex-wrap gap-2">
        <SubmitButton variant={cancelHref === undefined ? "secondary" : "primary"}>Show who gains</SubmitButton>
        {cancelHref === undefined ? null : <LinkButton href={cancelHref}>Cancel</LinkButton>}
      </div>
    </form>
  );
}

/** The permissions in a joined list; pull where nothing was entered yet. */
export function chosenIn({ permissions: joined = "pull" }: Readonly<Record<string, string>>) {
  return permissions.filter((permission) => joined.split(",").includes(permission));
}

function PrincipalFields(props: { entered: Readonly<Record<string, string>>; error: string | undefined }) {
  return (
    <div className="flex flex-wrap items-start gap-4">
      <Field id="for" label="For">
        {(control) => (
          <Select name="for" defaultValue={props.entered.for ?? "user"} {...control}>
            <option value="user">a person</option>
            <option value="team">a team</option>
            <option value="robot">a robot</option>
          </Select>
        )}
      </Field>
      <TextField
        name="name"
        label="Name"
        error={props.error}
        defaultValue={props.entered.name}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={100}
        className="min-w-0 flex-1"
      />
    </div>
  );
}
