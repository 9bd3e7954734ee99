import { libraryOrganization, splitRepositoryName } from "@layerport/registry-core";
import { readRepositoryName } from "../../../../server/parameters.ts";
import { repositorySettingsPage } from "../../../../server/repository-settings-page.ts";
import { rooms } from "../../../../server/rooms.ts";
import { Section } from "../../../../views/frame/page-header.tsx";
import { RenameForm } from "../../../../views/repository/rename-form.tsx";
import { RepositorySettingsFrame } from "../../../../views/repository/settings-frame.tsx";

interface SettingsPageProps {
  readonly params: Promise<{ name: string[] }>;
}

export async function generateMetadata({ params }: SettingsPageProps) {
  return { title: `Settings of ${readRepositoryName((await params).name)}` };
}

/** What is this repository called, and what else leads to it? */
export default async function RepositorySettingsPage({ params }: SettingsPageProps) {
  const name = readRepositoryName((await params).name);
  const page = await repositorySettingsPage(name);
  const { environment, store } = rooms();
  const known = await store.findRepository(name);
  const formerNames = known?.names.slice(1) ?? [];
  const { organization, path } = splitRepositoryName(name);
  const { host } = new URL(environment.publicUrl);
  const prefix = organization === libraryOrganization ? `${host}/` : `${host}/${organization}/`;
  return (
    <RepositorySettingsFrame page={page}>
      {page.repository.description === undefined ? null : (
        <Section title="Description">
          <p className="max-w-160">{page.repository.description}</p>
        </Section>
      )}
      <Section title="Name">
        {page.rights.mayRename ? (
          <>
            <ul className="mb-4 flex max-w-160 list-disc flex-col gap-1 ps-5 text-fg-muted">
              <li>
                <span className="font-mono text-sm">{name}</span> goes on pulling, in every client and for everybody who
                may pull now, and its pages lead on to the new ones.
              </li>
              <li>A push to it is refused with the new name, so change CI with the name.</li>
              <li>Grants and tokens for the old name hold for the repository as before.</li>
              <li>No other repository can ever be made under it.</li>
            </ul>
            <RenameForm key={name} repository={name} prefix={prefix} path={path} />
          </>
        ) : (
          <p className="text-fg-muted">Whoever administers the repository can rename it.</p>
        )}
      </Section>
      {formerNames.length === 0 ? null : (
        <Section title="Former names" description="They still pull. Nobody can take them.">
          <ul className="flex flex-col gap-1">
            {formerNames.map((former) => (
              <li key={former} className="break-words font-mono text-sm">
                {former}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </RepositorySettingsFrame>
  );
}
