import { parseRepositoryName, RegistryError, type RepositoryName, type Visibility } from "@layerport/registry-core";
import { revalidatePath } from "next/cache";
import { rooms } from "../../server/rooms.ts";
import { currentOrigin, findViewer, maySetVisibility } from "../../server/viewer.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { VisibilityBadge } from "./repository-rows.tsx";

/** The visibility as a button that changes it, after saying who gains or loses. */
export function VisibilityDialog(props: { readonly repository: RepositoryName; readonly visibility: Visibility }) {
  const { repository, visibility } = props;
  const other: Visibility = visibility === "public" ? "private" : "public";
  return (
    <ConfirmDialog
      trigger={{ label: <VisibilityBadge visibility={visibility} />, variant: "ghost", size: "sm" }}
      title={`Make ${repository} ${other}?`}
      confirmLabel={`Make it ${other}`}
      action={changeVisibility.bind(null, repository, other)}
    >
      {other === "public" ? (
        <p>
          Anybody who can reach this Layerport will be able to find and pull every tag of {repository}, without signing
          in where the instance allows it. Who may push does not change.
        </p>
      ) : (
        <p>
          Only members of its organization will be able to find and pull {repository}. Everybody else loses it within a
          minute, running pulls excepted.
        </p>
      )}
    </ConfirmDialog>
  );
}

async function changeVisibility(name: string, visibility: Visibility): Promise<string | undefined> {
  "use server";
  const { accounts, store } = rooms();
  const viewer = await findViewer();
  if (!viewer) return "Your session has ended. Sign in again.";
  try {
    const repository = parseRepositoryName(name);
    if (visibility !== "public" && visibility !== "private") return "A repository is public or private.";
    if (!(await maySetVisibility(viewer, repository))) {
      return "Only an owner of the organization may change who sees this repository.";
    }
    await store.setVisibility(repository, visibility, accounts.actorOf(viewer.identity, await currentOrigin()));
    revalidatePath("/", "layout");
    return undefined;
  } catch (error) {
    if (RegistryError.is(error)) return "This repository is not there any more.";
    throw new Error("the visibility could not be changed", { cause: error });
  }
}
