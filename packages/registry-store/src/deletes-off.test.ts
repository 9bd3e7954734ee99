import { parseTag } from "@layerport/registry-core";
import { blob, bytes, image, push, pushBlob } from "@layerport/testkit";
import { expect, it } from "vitest";
import { refusalOf, testStore } from "./test-store.ts";

const test = await testStore();

it("T20: with deletes off nothing that is there goes, and what is absent is refused alike (UNSUPPORTED)", async () => {
  const { registry } = await test.reopen({ allowsDeletes: false });
  const repository = test.repository();
  const [made, loose] = [image(), blob(bytes("loose"))];
  await push(registry, repository, made, ["v1"]);
  await pushBlob(registry, repository, loose);
  for (const place of [repository, test.repository()]) {
    expect(await refusalOf(registry.deleteTag(place, parseTag("v1")))).toBe("UNSUPPORTED");
    expect(await refusalOf(registry.deleteManifest(place, made.digest))).toBe("UNSUPPORTED");
    expect(await refusalOf(registry.deleteBlob(place, loose.descriptor.digest))).toBe("UNSUPPORTED");
  }
  expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["v1"]);
  await registry.resolveBlob(repository, loose.descriptor.digest);
  // An upload is no content yet, so it can be given up.
  const { id } = await registry.startUpload(repository);
  await registry.cancelUpload(repository, id);
  expect(await refusalOf(registry.getUpload(repository, id))).toBe("BLOB_UPLOAD_UNKNOWN");
});
