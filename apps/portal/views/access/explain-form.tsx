import { organizationPath } from "../../server/organization-path.ts";
import type { FormState } from "../../server/submit-form.ts";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";

/** Whose access to which repository is asked for; a plain form, so that an answer has an address. */
export function ExplainForm(props: {
  readonly organization: string;
  readonly state: FormState;
  /** Names to pick from; others can be written. */
  readonly people: readonly string[];
  readonly repositories: readonly string[];
}) {
  const { organization, state, people, repositories } = props;
  const { entered = {} } = state;
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form
      action={organizationPath(organization, "access")}
      className="flex max-w-220 flex-col gap-3 sm:flex-row sm:items-start"
    >
      <TextField
        name="who"
        label="Person or robot"
        hint={`jo, or a robot as ${organization}+ci; anybody for whoever has no account.`}
        error={errorFor("who")}
        defaultValue={entered.who}
        list="explain-people"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={200}
        className="min-w-0 flex-1"
      />
      <TextField
        name="repository"
        label="Repository"
        hint="It may be one that is still to come."
        error={errorFor("repository")}
        defaultValue={entered.repository ?? `${organization}/`}
        list="explain-repositories"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={255}
        className="min-w-0 flex-1"
      />
      <div className="flex flex-col gap-2 sm:mt-6">
        <SubmitButton>Explain</SubmitButton>
        <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      </div>
      <datalist id="explain-people">
        {people.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="explain-repositories">
        {repositories.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </form>
  );
}
