import type { Viewer } from "@layerport/accounts";
import type { RepositoryName, TagOrder } from "@layerport/registry-core";
import { rooms } from "../../server/rooms.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Input } from "../../ui/input.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Select } from "../../ui/select.tsx";
import { readPreferences } from "../frame/read-preferences.ts";
import { FirstPush } from "./first-push.tsx";

/** What narrows and sorts the list of tags: a plain form, so that the address is the state. */
export function TagFilter(props: {
  readonly path: string;
  readonly filter: string | undefined;
  readonly order: TagOrder;
}) {
  return (
    <form action={props.path} className="mb-3 flex flex-wrap items-center gap-2">
      <Input
        type="search"
        name="q"
        key={props.filter ?? ""}
        defaultValue={props.filter}
        placeholder="Filter tags: 4.12, ci-*"
        aria-label="Filter tags"
        maxLength={128}
        className="max-sm:basis-full sm:max-w-80 sm:flex-1"
      />
      <Select name="sort" defaultValue={props.order} key={props.order} aria-label="Sort by">
        <option value="version">Sort: version</option>
        <option value="pushed">Sort: newest push</option>
        <option value="size">Sort: size</option>
        <option value="name">Sort: name</option>
      </Select>
      <Button type="submit">Apply</Button>
    </form>
  );
}

/** Stands where tags would be: a filter hides them, or nothing was pushed yet. */
export async function EmptyTags(props: {
  readonly repository: RepositoryName;
  readonly filter: string | undefined;
  readonly path: string;
  readonly viewer: Viewer | undefined;
}) {
  if (props.filter !== undefined) {
    return (
      <EmptyState
        kind="filtered-out"
        title={`No tag matches “${props.filter}”`}
        action={<LinkButton href={props.path}>Clear filter</LinkButton>}
      >
        A filter is a part of the name, or a pattern with * for any text.
      </EmptyState>
    );
  }
  const { client } = await readPreferences();
  const url = new URL(rooms().environment.publicUrl);
  return (
    <EmptyState kind="nothing-yet" title="No tags yet">
      <p className="mb-3">Push one, and it shows up here by itself.</p>
      <FirstPush
        host={url.host}
        repository={props.repository}
        userName={props.viewer?.name}
        isPlainHttp={url.protocol === "http:"}
        client={client}
      />
    </EmptyState>
  );
}
