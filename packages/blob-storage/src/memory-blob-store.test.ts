import { blobStoreContract } from "./contract.ts";
import { memoryBlobStore } from "./memory-blob-store.ts";

blobStoreContract("memoryBlobStore", async () => {
  const store = memoryBlobStore();
  return { store, reopen: () => store, openHandles: () => 0, dispose: async () => undefined };
});
