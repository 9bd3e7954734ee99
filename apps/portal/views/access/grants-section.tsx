import type { AccessGrant, GrantPrincipal } from "@layerport/accounts";
import type { OrganizationPage } from "../../server/organization.ts";
import { Section } from "../frame/page-header.tsx";
import { GrantForm } from "./grant-form.tsx";
import { GrantTable } from "./grant-table.tsx";

/** What is granted to one team or robot, and the form for one more. */
export function GrantsSection(props: {
  readonly page: OrganizationPage;
  readonly principal: GrantPrincipal;
  readonly grants: readonly AccessGrant[];
  readonly mayChange: boolean;
  readonly path: string;
}) {
  const { page, principal, grants, mayChange, path } = props;
  const { name } = page.organization;
  return (
    <Section title="Grants">
      {grants.length === 0 ? (
        <p className="text-fg-muted">Nothing is granted yet.</p>
      ) : (
        <GrantTable
          label={`Grants of ${principal.kind} ${principal.name}`}
          organization={name}
          grants={grants}
          mayChange={mayChange}
          back={path}
        />
      )}
      {mayChange ? (
        <details className="disclosure mt-4" open={grants.length === 0}>
          <summary className="link inline-block rounded-sm">Grant something</summary>
          <div className="mt-4">
            <GrantForm organization={name} principal={principal} back={path} />
          </div>
        </details>
      ) : null}
    </Section>
  );
}
