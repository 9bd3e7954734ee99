import type { Member, Viewer } from "@layerport/accounts";
import { rooms } from "../../server/rooms.ts";

/** The member of this very name, or `undefined`. The list begins right before the name, so one page is enough. */
export async function findMember(viewer: Viewer, organization: string, name: string): Promise<Member | undefined> {
  const { entries } = await rooms().accounts.listMembers(viewer, organization, {
    search: name,
    after: name.slice(0, -1) || undefined,
    limit: 100,
  });
  return entries.find((member) => member.name === name);
}
