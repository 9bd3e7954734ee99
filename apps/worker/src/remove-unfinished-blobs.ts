import type { RegistryStore } from "@layerport/registry-store";
import type { ScheduledWork } from "./work.ts";

const graceMs = 24 * 60 * 60 * 1000;

/** F07: bytes of blobs whose writer died a day ago, before they were linked to a repository. */
export function removeUnfinishedBlobs(store: Pick<RegistryStore, "removeUnfinishedBlobs">): ScheduledWork {
  return {
    name: "remove-unfinished-blobs",
    schedule: "31 * * * *",
    run: () => store.removeUnfinishedBlobs(graceMs),
  };
}
