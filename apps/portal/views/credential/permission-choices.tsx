import type { Permission } from "@layerport/registry-core";
import { Checkbox } from "../../ui/checkbox.tsx";

/** A form's field for each permission that may be chosen. */
export interface PermissionChoicesProps {
  readonly legend: string;
  readonly offered: readonly Permission[];
  readonly chosen: readonly Permission[];
  readonly error?: string | undefined;
}

const words: Readonly<Record<Permission, { readonly label: string; readonly hint: string }>> = {
  pull: { label: "Pull", hint: "Read images and tags. Each of the others includes it." },
  push: { label: "Push", hint: "Add images and new tags." },
  overwrite: { label: "Overwrite", hint: "Move tags that are there. Includes push." },
  delete: { label: "Delete", hint: "Remove tags and images." },
  administer: { label: "Administer", hint: "Change a repository's settings." },
};

/** Permissions as boxes to tick, each a field of its own name, with what it means. */
export function PermissionChoices({ legend, offered, chosen, error }: PermissionChoicesProps) {
  return (
    <fieldset className="flex flex-col gap-1" aria-describedby={error === undefined ? undefined : "permissions-error"}>
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {offered.map((permission) => (
          <Checkbox
            key={permission}
            name={permission}
            defaultChecked={chosen.includes(permission)}
            label={words[permission].label}
            hint={words[permission].hint}
          />
        ))}
      </div>
      {error === undefined ? null : (
        <p id="permissions-error" className="text-danger text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
