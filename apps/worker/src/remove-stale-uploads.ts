import type { RegistryStore } from "@layerport/registry-store";
import type { ScheduledWork } from "./work.ts";

const idleMs = 168 * 60 * 60 * 1000;

/** F01: uploads that their clients left behind a week ago, with the bytes they had stored. */
export function removeStaleUploads(store: Pick<RegistryStore, "removeStaleUploads">): ScheduledWork {
  return {
    name: "remove-stale-uploads",
    schedule: "11 * * * *",
    run: () => store.removeStaleUploads(idleMs),
  };
}
