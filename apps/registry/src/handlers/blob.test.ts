import { blob, bytes, digestOf, image, push, pushBlob } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, startDoor, type TestDoor } from "../test-door.ts";

const content = bytes(3000);
const digest = digestOf(content);
const path = `/v2/alice/app/blobs/${digest}`;
const absent = digestOf(bytes("nobody has this"));

let door: TestDoor;
let alice: string;
let bob: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  bob = await door.addUser("bob");
  await pushBlob(door.registry, repository("alice/app"), blob(content));
});

describe("end-2", () => {
  it("serves the whole blob with everything that a client checks (200)", async () => {
    const answer = await door.send("GET", path, { as: alice });
    expect(answer.status).toBe(200);
    expect(answer.body.equals(content)).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "3000",
      "docker-content-digest": digest,
      etag: `"${digest}"`,
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
  });

  it("tells the size of a blob without sending it (HEAD 200)", async () => {
    const answer = await door.send("HEAD", path, { as: alice, headers: { range: "bytes=0-9" } });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-length"]).toBe("3000");
    expect(answer.headers["docker-content-digest"]).toBe(digest);
    expect(answer.body.length).toBe(0);
  });

  it.each([
    ["bytes=500-1499", 500, 1499],
    ["bytes=500-", 500, 2999],
    ["bytes=-500", 2500, 2999],
    ["bytes=2000-5000", 2000, 2999],
    ["bytes=-5000", 0, 2999],
    ["bytes=0-0", 0, 0],
  ])("serves %s (206)", async (range, start, end) => {
    const answer = await door.send("GET", path, { as: alice, headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers["content-range"]).toBe(`bytes ${start}-${end}/3000`);
    expect(answer.headers["content-length"]).toBe(String(end - start + 1));
    expect(answer.body.equals(content.subarray(start, end + 1))).toBe(true);
  });

  it.each(["bytes=500-0", "bytes=3000-", "bytes=9999-10000"])(
    "B50 refuses %s and tells the size (416)",
    async (range) => {
      const answer = await door.send("GET", path, { as: alice, headers: { range } });
      expect(answer.status).toBe(416);
      expect(answer.headers["content-range"]).toBe("bytes */3000");
    },
  );

  it("B50 B51 serves the whole blob for a range that may be ignored (200)", async () => {
    const many = `bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(",")}`;
    for (const range of ["bytes=-0", "abc", many]) {
      const answer = await door.send("GET", path, { as: alice, headers: { range } });
      expect([answer.status, answer.body.length]).toEqual([200, 3000]);
    }
  });

  it("serves a range only while the client's older copy is this blob (If-Range)", async () => {
    const ask = (condition: string) =>
      door.send("GET", path, { as: alice, headers: { range: "bytes=0-9", "if-range": condition } });
    expect((await ask(`"${digest}"`)).status).toBe(206);
    expect((await ask('"another"')).status).toBe(200);
  });

  it("does not send again what the client has (304), and knows what it may not see only then (404)", async () => {
    for (const condition of [`"${digest}"`, `"other", W/"${digest}"`, "*"]) {
      const answer = await door.send("GET", path, { as: alice, headers: { "if-none-match": condition } });
      expect([condition, answer.status, answer.body.length]).toEqual([condition, 304, 0]);
    }
    const gone = { "if-none-match": `"${absent}"` };
    expect((await door.send("GET", `/v2/alice/app/blobs/${absent}`, { as: alice, headers: gone })).status).toBe(404);
  });

  it("does not know a blob that is not here, GET and HEAD (404 BLOB_UNKNOWN)", async () => {
    const answer = await door.send("GET", `/v2/alice/app/blobs/${absent}`, { as: alice });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text).errors[0].code).toBe("BLOB_UNKNOWN");
    expect((await door.send("HEAD", `/v2/alice/app/blobs/${absent}`, { as: alice })).status).toBe(404);
  });

  it("T15 does not serve a blob through a repository that does not have it (404)", async () => {
    await push(door.registry, repository("bob/x"), image());
    for (const method of ["GET", "HEAD"]) {
      expect((await door.send(method, `/v2/bob/x/blobs/${digest}`, { as: bob })).status).toBe(404);
    }
  });

  it("refuses a stranger, whether or not the blob is there (401)", async () => {
    for (const target of [path, `/v2/alice/app/blobs/${absent}`, `/v2/alice/none/blobs/${digest}`]) {
      expect((await door.send("GET", target, { as: bob })).status).toBe(401);
    }
  });

  it("refuses a range of a private blob to a stranger before it looks at the range (401)", async () => {
    const headers = { range: "bytes=500-0" };
    expect((await door.send("GET", path, { as: bob, headers })).status).toBe(401);
  });

  it("T03 refuses a malformed digest (400 DIGEST_INVALID)", async () => {
    const answer = await door.send("GET", "/v2/alice/app/blobs/sha256:abc", { as: alice });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors[0].code).toBe("DIGEST_INVALID");
  });
});

describe("end-10", () => {
  it("takes a blob out of its repository (202), after which it is unknown there (404) and stays elsewhere", async () => {
    const extra = blob(bytes("extra"));
    await pushBlob(door.registry, repository("alice/app"), extra);
    await pushBlob(door.registry, repository("alice/other"), extra);
    const target = `blobs/${extra.descriptor.digest}`;
    expect((await door.send("DELETE", `/v2/alice/app/${target}`, { as: alice })).status).toBe(202);
    expect((await door.send("HEAD", `/v2/alice/app/${target}`, { as: alice })).status).toBe(404);
    expect((await door.send("DELETE", `/v2/alice/app/${target}`, { as: alice })).status).toBe(404);
    expect((await door.send("HEAD", `/v2/alice/other/${target}`, { as: alice })).status).toBe(200);
  });

  it("B52 keeps a blob that a manifest names (405 UNSUPPORTED) and says what is possible", async () => {
    const made = image();
    await push(door.registry, repository("alice/app"), made, ["kept"]);
    const target = `/v2/alice/app/blobs/${made.config.descriptor.digest}`;
    const answer = await door.send("DELETE", target, { as: alice });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe("GET, HEAD");
    expect(JSON.parse(answer.text).errors[0].code).toBe("UNSUPPORTED");
  });

  it("does not know a blob that is not here (404)", async () => {
    expect((await door.send("DELETE", `/v2/alice/app/blobs/${absent}`, { as: alice })).status).toBe(404);
  });

  it("refuses those who may not delete, and asks for that right (401)", async () => {
    const answer = await door.send("DELETE", path, { as: bob });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('scope="repository:alice/app:delete"');
  });
});
