import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";

/** How long a robot's new secret lasts. */
export function SecretLife(props: { readonly entered: string | undefined; readonly error: string | undefined }) {
  return (
    <Field
      id="days"
      label="The secret expires"
      hint="90 days unless chosen otherwise, a year at most. Rotate it before, and nothing stops."
      error={props.error}
    >
      {(control) => (
        <Select name="days" defaultValue={props.entered ?? "90"} className="self-start" {...control}>
          <option value="7">in 7 days</option>
          <option value="30">in 30 days</option>
          <option value="90">in 90 days</option>
          <option value="180">in 180 days</option>
          <option value="365">in a year</option>
        </Select>
      )}
    </Field>
  );
}
