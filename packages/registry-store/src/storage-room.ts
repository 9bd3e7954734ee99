import { type BlobStore, StorageError } from "@layerport/blob-storage";
import { RegistryError } from "@layerport/registry-core";

/** The blob store, with a volume that is full told as the refusal that it is: UNAVAILABLE with status 507. */
export function refusingWhenFull(blobs: BlobStore): BlobStore {
  const refuse = async <Answer>(writing: Promise<Answer>): Promise<Answer> => {
    try {
      return await writing;
    } catch (error) {
      if (!StorageError.is(error) || error.code !== "OUT_OF_SPACE") throw error;
      throw new RegistryError("UNAVAILABLE", undefined, { status: 507, cause: error });
    }
  };
  return {
    appendStaged: (id, offset, source, observe) => refuse(blobs.appendStaged(id, offset, source, observe)),
    syncStaged: (id) => refuse(blobs.syncStaged(id)),
    publish: (id, key) => refuse(blobs.publish(id, key)),
    probe: () => refuse(blobs.probe()),
    stagedLength: (id) => blobs.stagedLength(id),
    openStaged: (id, range) => blobs.openStaged(id, range),
    discardStaged: (id) => blobs.discardStaged(id),
    open: (key, range) => blobs.open(key, range),
    remove: (key) => blobs.remove(key),
    listStaged: () => blobs.listStaged(),
    listKeys: () => blobs.listKeys(),
    freeBytes: () => blobs.freeBytes(),
  };
}
