import type { Digest } from "@layerport/registry-core";
import { blob, bytes, digestOf, pushBlob } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { password, repository, startDoor, type TestAnswer, type TestDoor } from "../test-door.ts";

const content = bytes(1000);
const digest = digestOf(content);
const other = digestOf(bytes("other bytes"));

let door: TestDoor;
let alice: string;
let bob: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  bob = await door.addUser("bob");
});

async function start(query = ""): Promise<string> {
  const answer = await door.send("POST", `/v2/alice/app/blobs/uploads/${query}`, { as: alice });
  expect(answer.status).toBe(202);
  return answer.headers.location ?? "";
}

function patch(location: string, part: Uint8Array, range?: string): Promise<TestAnswer> {
  const headers = range === undefined ? {} : { "content-range": range };
  return door.send("PATCH", location, { as: alice, body: part, headers });
}

function finish(location: string, named: Digest, last?: Uint8Array): Promise<TestAnswer> {
  return door.send("PUT", `${location}?digest=${named}`, { as: alice, ...(last === undefined ? {} : { body: last }) });
}

async function stored(named: Digest = digest): Promise<Buffer> {
  return (await door.send("GET", `/v2/alice/app/blobs/${named}`, { as: alice })).body;
}

function codeOf(answer: TestAnswer): string {
  return JSON.parse(answer.text).errors[0].code;
}

describe("end-4a", () => {
  it("starts an upload and says where it goes on (202)", async () => {
    const answer = await door.send("POST", "/v2/alice/app/blobs/uploads/", { as: alice });
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toMatch(/^\/v2\/alice\/app\/blobs\/uploads\/[0-9a-f-]{36}$/);
    expect(answer.headers.range).toBe("0-0");
    expect(answer.headers["docker-upload-uuid"]).toBe(answer.headers.location?.split("/").at(-1));
    expect(answer.headers["oci-chunk-min-length"]).toBe("65536");
    expect(answer.headers["content-length"]).toBe("0");
  });

  it("refuses those who may not push, whatever is or is not there (401)", async () => {
    for (const name of ["alice/app", "alice/none", "nobody/none"]) {
      const answer = await door.send("POST", `/v2/${name}/blobs/uploads/`, { as: bob });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain(`scope="repository:${name}:pull,push"`);
    }
  });

  it("does not know an organization that nobody made, to those who may push to any (404 NAME_UNKNOWN)", async () => {
    const answer = await door.send("POST", "/v2/nobody/none/blobs/uploads/", { as: `ada:${password}` });
    expect([answer.status, codeOf(answer)]).toEqual([404, "NAME_UNKNOWN"]);
  });
});

describe("end-4b", () => {
  it("stores a whole blob (201) and serves it from the place it names", async () => {
    const whole = bytes("whole");
    const path = `/v2/alice/app/blobs/uploads/?digest=${digestOf(whole)}`;
    const answer = await door.send("POST", path, { as: alice, body: whole });
    expect(answer.status).toBe(201);
    expect(answer.headers["docker-content-digest"]).toBe(digestOf(whole));
    const served = await door.send("GET", answer.headers.location ?? "", { as: alice });
    expect(served.body.equals(whole)).toBe(true);
  });

  it("B44 stores the empty blob (201)", async () => {
    const empty = digestOf(new Uint8Array());
    const answer = await door.send("POST", `/v2/alice/app/blobs/uploads/?digest=${empty}`, { as: alice, body: "" });
    expect(answer.status).toBe(201);
    expect((await door.send("HEAD", `/v2/alice/app/blobs/${empty}`, { as: alice })).headers["content-length"]).toBe(
      "0",
    );
  });

  it("B37 refuses bytes that are not those of the digest, and stores nothing (400 DIGEST_INVALID)", async () => {
    const path = `/v2/alice/app/blobs/uploads/?digest=${other}`;
    const answer = await door.send("POST", path, { as: alice, body: "something else" });
    expect([answer.status, codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    expect((await door.send("HEAD", `/v2/alice/app/blobs/${other}`, { as: alice })).status).toBe(404);
  });

  it("refuses those who may not push (401)", async () => {
    const path = `/v2/alice/app/blobs/uploads/?digest=${digest}`;
    expect((await door.send("POST", path, { as: bob, body: content })).status).toBe(401);
  });
});

describe("end-4c", () => {
  it("starts an upload whose digest is to be sha512 (202), and takes its end by such a digest (201)", async () => {
    const location = await start("?digest-algorithm=sha512");
    await patch(location, content);
    const named = digestOf(content, "sha512");
    expect((await finish(location, named)).status).toBe(201);
    expect((await stored(named)).equals(content)).toBe(true);
  });

  it("B38 refuses another algorithm (400 DIGEST_INVALID)", async () => {
    const answer = await door.send("POST", "/v2/alice/app/blobs/uploads/?digest-algorithm=md5", { as: alice });
    expect([answer.status, codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
  });
});

describe("end-5", () => {
  it("takes chunks in order and says how far it is (202)", async () => {
    const location = await start();
    const first = await patch(location, content.subarray(0, 400), "0-399");
    expect([first.status, first.headers.range, first.headers.location]).toEqual([202, "0-399", location]);
    const second = await patch(location, content.subarray(400), "400-999");
    expect([second.status, second.headers.range]).toEqual([202, "0-999"]);
    expect((await finish(location, digest)).status).toBe(201);
    expect((await stored()).equals(content)).toBe(true);
  });

  it("takes a stream without a length or a range (202)", async () => {
    const location = await start();
    const headers = { "transfer-encoding": "chunked" };
    const answer = await door.send("PATCH", location, { as: alice, body: content, headers });
    expect([answer.status, answer.headers.range]).toEqual([202, "0-999"]);
    expect((await finish(location, digest)).status).toBe(201);
  });

  it.each(["500-899", "0-399", "300-699", "399-100"])(
    "B39 refuses the range %s after 400 bytes, says where the upload is, and lets it go on (416)",
    async (range) => {
      const location = await start();
      await patch(location, content.subarray(0, 400), "0-399");
      const part = content.subarray(0, 400);
      const answer = await patch(location, part, range);
      expect([answer.status, codeOf(answer)]).toEqual([416, "BLOB_UPLOAD_INVALID"]);
      expect([answer.headers.range, answer.headers.location]).toEqual(["0-399", location]);
      expect((await patch(location, content.subarray(400), "400-999")).status).toBe(202);
      expect((await finish(location, digest)).status).toBe(201);
    },
  );

  it("B39 refuses a first chunk that does not begin at 0, by PATCH or with the end (416 Range 0-0)", async () => {
    const location = await start();
    const headers = { "content-range": "100-199" };
    const part = content.subarray(100, 200);
    for (const [method, path] of [
      ["PATCH", location],
      ["PUT", `${location}?digest=${digest}`],
    ] as const) {
      const answer = await door.send(method, path, { as: alice, body: part, headers });
      expect([method, answer.status, answer.headers.range]).toEqual([method, 416, "0-0"]);
    }
    expect((await finish(location, digest, content)).status).toBe(201);
  });

  it("B39 refuses a range with a unit (400 BLOB_UPLOAD_INVALID)", async () => {
    const answer = await patch(await start(), bytes("abcdef"), "bytes 0-5");
    expect([answer.status, codeOf(answer)]).toEqual([400, "BLOB_UPLOAD_INVALID"]);
  });

  it("B40 refuses a body that is shorter or longer than its range, and stays where it was (400 SIZE_INVALID)", async () => {
    const location = await start();
    await patch(location, content.subarray(0, 400), "0-399");
    for (const length of [10, 30]) {
      const answer = await patch(location, content.subarray(400, 400 + length), "400-419");
      expect([answer.status, codeOf(answer)]).toEqual([400, "SIZE_INVALID"]);
    }
    const headers = { "transfer-encoding": "chunked", "content-range": "400-419" };
    const streamed = await door.send("PATCH", location, { as: alice, body: content.subarray(400, 430), headers });
    expect([streamed.status, codeOf(streamed)]).toEqual([400, "SIZE_INVALID"]);
    expect((await door.send("GET", location, { as: alice })).headers.range).toBe("0-399");
  });

  it("B41 does not know an upload that never was, or is over (404 BLOB_UPLOAD_UNKNOWN)", async () => {
    const finished = await start();
    await finish(finished, digest, content);
    const cancelled = await start();
    await door.send("DELETE", cancelled, { as: alice });
    const never = finished.replace(/[0-9a-f]{8}-/, "00000000-");
    for (const location of [finished, cancelled, never, "/v2/alice/app/blobs/uploads/none"]) {
      const answer = await patch(location, content);
      expect([answer.status, codeOf(answer)]).toEqual([404, "BLOB_UPLOAD_UNKNOWN"]);
    }
  });

  it("T12 does not let another tenant use an upload, neither there (401) nor in a repository of theirs (404)", async () => {
    const location = await start();
    const own = location.replace("/v2/alice/app/", "/v2/bob/app/");
    for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
      const query = method === "PUT" ? `?digest=${digest}` : "";
      const body = method === "PATCH" ? { body: "x" } : {};
      expect((await door.send(method, `${own}${query}`, { as: bob, ...body })).status).toBe(404);
      expect((await door.send(method, `${location}${query}`, { as: bob, ...body })).status).toBe(401);
    }
    expect((await finish(location, digest, content)).status).toBe(201);
  });

  it("T14 does not know a changed Location (404), and keeps the bytes when an old one is replayed (416)", async () => {
    const location = await start();
    const changed = location.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    expect((await patch(changed, content)).status).toBe(404);
    await patch(location, content.subarray(0, 500), "0-499");
    await patch(location, content.subarray(500), "500-999");
    expect((await patch(location, content.subarray(500), "500-999")).status).toBe(416);
    expect((await finish(location, digest)).status).toBe(201);
  });

  it("B42 takes one of two chunks that are sent at once and never mixes them (202, 416)", async () => {
    const location = await start();
    const answers = await Promise.all([patch(location, content, "0-999"), patch(location, content, "0-999")]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 416]));
    expect((await finish(location, digest)).status).toBe(201);
  });

  it("B45 refuses packed bytes in a chunk, with the end and in one request (415 UNSUPPORTED)", async () => {
    const headers = { "content-encoding": "gzip" };
    for (const [method, path] of [
      ["PATCH", await start()],
      ["PUT", `${await start()}?digest=${digest}`],
      ["POST", `/v2/alice/app/blobs/uploads/?digest=${digest}`],
    ] as const) {
      const answer = await door.send(method, path, { as: alice, body: content, headers });
      expect([method, answer.status, codeOf(answer)]).toEqual([method, 415, "UNSUPPORTED"]);
    }
  });

  it("keeps what arrived when the client goes away in the middle, or loses it whole", async () => {
    const location = await start();
    const lines = [
      `PATCH ${location} HTTP/1.1`,
      `Host: ${door.host}`,
      `Authorization: Basic ${Buffer.from(alice).toString("base64")}`,
      "Content-Length: 1000",
    ];
    await door.sendRaw(`${lines.join("\r\n")}\r\n\r\nabc`, { untilMs: 300 });
    const { status, headers } = await door.send("GET", location, { as: alice });
    expect(status).toBe(204);
    expect(["0-0", "0-2"]).toContain(headers.range);
  });
});

describe("end-6", () => {
  it("takes the last chunk with the end of the upload (201)", async () => {
    const location = await start();
    await patch(location, content.subarray(0, 600));
    const answer = await finish(location, digest, content.subarray(600));
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v2/alice/app/blobs/${digest}`);
    expect(answer.headers["docker-content-digest"]).toBe(digest);
    expect((await stored()).equals(content)).toBe(true);
  });

  it("takes a whole blob that came with no chunk before (201)", async () => {
    expect((await finish(await start(), digest, content)).status).toBe(201);
  });

  it("B39 refuses a last chunk out of order and lets the upload go on (416)", async () => {
    const location = await start();
    await patch(location, content.subarray(0, 400), "0-399");
    const headers = { "content-range": "500-999" };
    const path = `${location}?digest=${digest}`;
    const answer = await door.send("PUT", path, { as: alice, body: content.subarray(500), headers });
    expect([answer.status, answer.headers.range]).toEqual([416, "0-399"]);
    expect((await finish(location, digest, content.subarray(400))).status).toBe(201);
  });

  it("B43 refuses a digest that is not that of the bytes, after which the upload is gone (400 DIGEST_INVALID)", async () => {
    const location = await start();
    const answer = await finish(location, other, content);
    expect([answer.status, codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    expect((await door.send("HEAD", `/v2/alice/app/blobs/${other}`, { as: alice })).status).toBe(404);
    expect((await door.send("GET", location, { as: alice })).status).toBe(404);
  });

  it("refuses an end without a digest, and goes on (400 DIGEST_INVALID)", async () => {
    const location = await start();
    const answer = await door.send("PUT", location, { as: alice, body: content });
    expect([answer.status, codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    expect((await finish(location, digest, content)).status).toBe(201);
  });

  it("B41 does not know an upload that is over (404 BLOB_UPLOAD_UNKNOWN)", async () => {
    const location = await start();
    await finish(location, digest, content);
    expect((await finish(location, digest, content)).status).toBe(404);
  });
});

describe("end-11", () => {
  it("takes over a blob that the caller may read elsewhere (201)", async () => {
    const shared = blob(bytes("shared"));
    await pushBlob(door.registry, repository("alice/base"), shared);
    const { digest: named } = shared.descriptor;
    const path = `/v2/alice/mounted/blobs/uploads/?mount=${named}&from=alice/base`;
    const answer = await door.send("POST", path, { as: alice });
    expect([answer.status, answer.headers.location]).toEqual([201, `/v2/alice/mounted/blobs/${named}`]);
    const anywhere = await door.send("POST", `/v2/alice/any/blobs/uploads/?mount=${named}`, { as: alice });
    expect(anywhere.status).toBe(201);
  });

  it("T15 B46 starts an upload for a blob that the caller may not read, as for one that is absent (202)", async () => {
    const secret = blob(bytes("secret"));
    await pushBlob(door.registry, repository("alice/secret"), secret);
    const { digest: named } = secret.descriptor;
    const paths = [
      `?mount=${named}&from=alice/secret`,
      `?mount=${named}&from=alice/none`,
      `?mount=${named}`,
      `?mount=${other}`,
    ];
    for (const query of paths) {
      const answer = await door.send("POST", `/v2/bob/x/blobs/uploads/${query}`, { as: bob });
      expect(answer.status).toBe(202);
      expect(answer.headers.location).toMatch(/^\/v2\/bob\/x\/blobs\/uploads\//);
    }
    expect((await door.send("HEAD", `/v2/bob/x/blobs/${named}`, { as: bob })).status).toBe(404);
  });

  it("B46 refuses a malformed digest (400 DIGEST_INVALID)", async () => {
    const path = "/v2/alice/x/blobs/uploads/?mount=sha256:bad&from=alice/base";
    expect((await door.send("POST", path, { as: alice })).status).toBe(400);
  });

  it("asks those who may not push for rights to both repositories (401)", async () => {
    const path = `/v2/alice/x/blobs/uploads/?mount=${digest}&from=alice/base`;
    const answer = await door.send("POST", path, { as: bob });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain(
      'scope="repository:alice/x:pull,push repository:alice/base:pull"',
    );
  });
});

describe("end-13", () => {
  it("says how far an upload is (204), and 0-0 before its first byte", async () => {
    const location = await start();
    const before = await door.send("GET", location, { as: alice });
    expect([before.status, before.headers.range, before.headers.location]).toEqual([204, "0-0", location]);
    await patch(location, content.subarray(0, 10));
    expect((await door.send("GET", location, { as: alice })).headers.range).toBe("0-9");
  });

  it("does not know one that never was (404)", async () => {
    expect((await door.send("GET", "/v2/alice/app/blobs/uploads/none", { as: alice })).status).toBe(404);
  });
});

describe("end-14", () => {
  it("cancels an upload (204), after which it is unknown (404)", async () => {
    const location = await start();
    expect((await door.send("DELETE", location, { as: alice })).status).toBe(204);
    expect((await door.send("DELETE", location, { as: alice })).status).toBe(404);
  });
});
