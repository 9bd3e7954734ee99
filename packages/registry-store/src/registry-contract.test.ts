import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type BlobStore, filesystemBlobStore, memoryBlobStore } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import { systemActor } from "@layerport/registry-core";
import { registryContract, testDatabase } from "@layerport/testkit";
import { openRegistryStore } from "./index.ts";

async function makeStore(blobs: BlobStore, end: () => void) {
  const database = openDatabase({ url: await testDatabase() });
  const organizations = ["acme", "acme-labs"] as const;
  for (const name of organizations) {
    await database.query({ text: "INSERT INTO organization (name, kind) VALUES ($1, 'shared')", values: [name] });
  }
  const store = openRegistryStore({ database, blobs, record: async () => {} });
  return {
    registry: (actor = systemActor) => store.registryFor(actor),
    organizations,
    async close() {
      await store.close();
      await database.close();
      end();
    },
  };
}

registryContract("the store over memory", () => makeStore(memoryBlobStore(), () => {}));

registryContract("the store over a filesystem", async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-registry-store-"));
  return makeStore(filesystemBlobStore({ root }), () => fs.rmSync(root, { recursive: true, force: true }));
});
