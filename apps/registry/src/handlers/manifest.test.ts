import { mediaTypes } from "@layerport/registry-core";
import { artifact, bytes, digestOf, image, index, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, startDoor, type TestAnswer, type TestDoor } from "../test-door.ts";

const app = image({ layers: ["base", "app"] });
const absent = digestOf(bytes("nobody has this"));

let door: TestDoor;
let alice: string;
let bob: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  bob = await door.addUser("bob");
  await push(door.registry, repository("alice/app"), app, ["latest", "v1"]);
});

function put(path: string, content: Uint8Array | string, type = mediaTypes.ociManifest as string) {
  return door.send("PUT", path, { as: alice, body: content, headers: { "content-type": type } });
}

function codeOf(answer: TestAnswer): string {
  return JSON.parse(answer.text).errors[0].code;
}

describe("end-3", () => {
  it("serves the bytes that were pushed under their own media type, by tag and by digest (200)", async () => {
    for (const reference of ["latest", app.digest]) {
      const answer = await door.send("GET", `/v2/alice/app/manifests/${reference}`, { as: alice });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(app.content)).toBe(true);
      expect(answer.headers["content-type"]).toBe(mediaTypes.ociManifest);
      expect(answer.headers["content-length"]).toBe(String(app.content.length));
      expect(answer.headers["docker-content-digest"]).toBe(app.digest);
    }
  });

  it("tells the same of a manifest without sending it (HEAD 200)", async () => {
    const answer = await door.send("HEAD", "/v2/alice/app/manifests/latest", { as: alice });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe(mediaTypes.ociManifest);
    expect(answer.headers["content-length"]).toBe(String(app.content.length));
    expect(answer.headers["docker-content-digest"]).toBe(app.digest);
  });

  it("T01 serves no other media type than the pushed one, whatever the client accepts", async () => {
    const headers = { accept: `${mediaTypes.ociIndex}, ${mediaTypes.dockerManifest}` };
    const answer = await door.send("GET", "/v2/alice/app/manifests/latest", { as: alice, headers });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, mediaTypes.ociManifest]);
  });

  it("lets content by digest be kept for ever, and content by tag be asked about each time (304)", async () => {
    const headers = { "if-none-match": `"${app.digest}"` };
    for (const method of ["GET", "HEAD"]) {
      const byTag = await door.send(method, "/v2/alice/app/manifests/latest", { as: alice, headers });
      const byDigest = await door.send(method, `/v2/alice/app/manifests/${app.digest}`, { as: alice, headers });
      expect([byTag.status, byTag.headers["cache-control"]]).toEqual([304, "private, no-cache"]);
      expect([byDigest.status, byDigest.headers["cache-control"]]).toEqual([
        304,
        "private, max-age=31536000, immutable",
      ]);
    }
  });

  it("does not know a tag or digest that is not here, GET and HEAD (404 MANIFEST_UNKNOWN)", async () => {
    for (const reference of ["nothing", absent]) {
      const answer = await door.send("GET", `/v2/alice/app/manifests/${reference}`, { as: alice });
      expect([answer.status, codeOf(answer)]).toEqual([404, "MANIFEST_UNKNOWN"]);
      expect((await door.send("HEAD", `/v2/alice/app/manifests/${reference}`, { as: alice })).status).toBe(404);
    }
  });

  it("does not know a repository that the caller could see, were it here (404 NAME_UNKNOWN)", async () => {
    const answer = await door.send("GET", "/v2/alice/none/manifests/latest", { as: alice });
    expect([answer.status, codeOf(answer)]).toEqual([404, "NAME_UNKNOWN"]);
  });

  it("B21 refuses a malformed digest (400 DIGEST_INVALID); B6 does not know a malformed tag (404)", async () => {
    const digest = await door.send("GET", "/v2/alice/app/manifests/sha256:baddigeststring", { as: alice });
    expect([digest.status, codeOf(digest)]).toEqual([400, "DIGEST_INVALID"]);
    const tag = await door.send("GET", "/v2/alice/app/manifests/.tag", { as: alice });
    expect([tag.status, codeOf(tag)]).toEqual([404, "MANIFEST_UNKNOWN"]);
  });

  it("B18 T16 a stranger gets the same 401 for a private repository as for none, with every verb", async () => {
    const plain = (answer: TestAnswer) => {
      const { "x-request-id": _id, date: _date, ...headers } = answer.headers;
      return { status: answer.status, headers, text: answer.text };
    };
    const hide = (answer: TestAnswer, name: string) =>
      JSON.parse(JSON.stringify(plain(answer)).replaceAll(name, "NAME"));
    const credentials = [undefined, bob, await door.bearer(bob, "repository:alice/app:pull,push,delete")];
    for (const as of credentials) {
      for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
        const secret = await door.send(method, "/v2/alice/app/manifests/latest", { as });
        const none = await door.send(method, "/v2/alice/abc/manifests/latest", { as });
        const elsewhere = await door.send(method, "/v2/nobody/x/manifests/latest", { as });
        expect(secret.status).toBe(401);
        expect(hide(none, "alice/abc")).toEqual(hide(secret, "alice/app"));
        expect(elsewhere.status).toBe(401);
        expect(elsewhere.text).toBe(secret.text.replaceAll("alice/app", "nobody/x"));
      }
    }
  });

  it("B17 asks a client whose token lacks the action for a better one (401 insufficient_scope)", async () => {
    const token = await door.bearer(bob, "repository:bob/app:pull");
    const answer = await door.send("GET", "/v2/alice/app/manifests/latest", { as: token });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(
      /scope="repository:alice\/app:pull",error="insufficient_scope",error_description="alice\/app is private or/,
    );
  });

  it("serves everybody a public repository", async () => {
    await push(door.registry, repository("alice/open"), app, ["latest"]);
    door.memory.setVisibility(repository("alice/open"), "public");
    await door.accounts.changeSettings(door.administrator, { anonymousPull: true });
    expect((await door.send("GET", "/v2/alice/open/manifests/latest", { as: bob })).status).toBe(200);
    const token = await door.bearer(undefined, "repository:alice/open:pull");
    expect((await door.send("GET", "/v2/alice/open/manifests/latest", { as: token })).status).toBe(200);
  });
});

describe("end-7a", () => {
  it("stores a manifest under a tag and says where its digest serves it (201)", async () => {
    const answer = await put("/v2/alice/app/manifests/v2", app.content);
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v2/alice/app/manifests/${app.digest}`);
    expect(answer.headers["docker-content-digest"]).toBe(app.digest);
    const served = await door.send("GET", answer.headers.location ?? "", { as: alice });
    expect(served.body.equals(app.content)).toBe(true);
  });

  it("stores a manifest by its digest, under no tag (201)", async () => {
    const list = index({ images: [app] });
    const answer = await put(`/v2/alice/app/manifests/${list.digest}`, list.content, list.mediaType);
    expect([answer.status, answer.headers["oci-tag"]]).toEqual([201, undefined]);
  });

  it("B32 names the subject, also one that does not exist yet (201 OCI-Subject)", async () => {
    const subject = { mediaType: mediaTypes.ociManifest, digest: absent, size: 5 };
    const signature = artifact({ artifactType: "application/example", subject });
    for (const part of signature.blobs) {
      await door.registry.putBlob(repository("alice/app"), part.descriptor.digest, { bytes: once(part.content) });
    }
    const answer = await put(`/v2/alice/app/manifests/${signature.digest}`, signature.content);
    expect([answer.status, answer.headers["oci-subject"]]).toEqual([201, absent]);
  });

  it("B22 B23 refuses a digest that is malformed or not that of the bytes (400 DIGEST_INVALID)", async () => {
    for (const digest of ["sha256:baddigeststring", absent]) {
      const answer = await put(`/v2/alice/app/manifests/${digest}`, app.content);
      expect([answer.status, codeOf(answer)]).toEqual([400, "DIGEST_INVALID"]);
    }
  });

  it("B25 B28 B30 refuses what is no manifest of the declared type (400 MANIFEST_INVALID)", async () => {
    const answers = [
      await put("/v2/alice/app/manifests/bad", ""),
      await put("/v2/alice/app/manifests/bad", "[]"),
      await put("/v2/alice/app/manifests/bad", '{"schemaVersion":1}'),
      await put("/v2/alice/app/manifests/bad", app.content, mediaTypes.ociIndex),
      await put("/v2/alice/app/manifests/.bad", app.content),
    ];
    for (const answer of answers) expect([answer.status, codeOf(answer)]).toEqual([400, "MANIFEST_INVALID"]);
  });

  it("B31 names the blobs that are missing (400 MANIFEST_BLOB_UNKNOWN)", async () => {
    const other = image({ layers: ["never pushed"] });
    const answer = await put("/v2/alice/app/manifests/bad", other.content);
    expect([answer.status, codeOf(answer)]).toEqual([400, "MANIFEST_BLOB_UNKNOWN"]);
    expect(JSON.parse(answer.text).errors[0].detail.digests).toContain(other.layers[0]?.descriptor.digest);
  });

  it("B24 T08 refuses more than 4 MiB without reading them, when their length is told (413)", async () => {
    const head = [
      "PUT /v2/alice/app/manifests/big HTTP/1.1",
      `Host: ${door.host}`,
      `Authorization: Basic ${Buffer.from(alice).toString("base64")}`,
      `Content-Type: ${mediaTypes.ociManifest}`,
      "Content-Length: 5000000",
    ];
    const answer = await door.sendRaw(`${head.join("\r\n")}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"MANIFEST_INVALID"');
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  it("B24 refuses more than 4 MiB when it has read as many (413)", async () => {
    const headers = { "content-type": mediaTypes.ociManifest, "transfer-encoding": "chunked" };
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, " ");
    const answer = await door.send("PUT", "/v2/alice/app/manifests/big", { as: alice, body, headers });
    expect([answer.status, codeOf(answer)]).toEqual([413, "MANIFEST_INVALID"]);
  });

  it("does not ask a client that may not push for its manifest (401 instead of 100)", async () => {
    const head = [
      "PUT /v2/alice/app/manifests/x HTTP/1.1",
      `Host: ${door.host}`,
      `Authorization: Basic ${Buffer.from(bob).toString("base64")}`,
      "Content-Length: 500",
      "Expect: 100-continue",
    ];
    const answer = await door.sendRaw(`${head.join("\r\n")}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).not.toContain("100 Continue");
  });

  it("refuses those who may pull only (401), and asks for pull and push", async () => {
    const token = await door.bearer(alice, "repository:alice/app:pull");
    const answer = await door.send("PUT", "/v2/alice/app/manifests/v1", { as: token, body: "{}" });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('scope="repository:alice/app:pull,push"');
    expect(answer.text).toContain("you have no right to push to alice/app");
  });

  it("T19 does not let those who may only add tags move one (403 DENIED)", async () => {
    const viewer = await door.viewerOf(alice);
    const { secret } = await door.accounts.createAccessToken(viewer, {
      name: "adds",
      permissions: ["push"],
      repositoryPatterns: ["**"],
      expiresInDays: 1,
    });
    const other = index({ images: [app], annotations: { other: "yes" } });
    const send = (tag: string) =>
      door.send("PUT", `/v2/alice/app/manifests/${tag}`, {
        as: `alice:${secret}`,
        body: other.content,
        headers: { "content-type": other.mediaType },
      });
    expect((await send("brand-new")).status).toBe(201);
    const moved = await send("v1");
    expect([moved.status, codeOf(moved)]).toEqual([403, "DENIED"]);
  });

  it("B45 refuses a packed manifest (415 UNSUPPORTED)", async () => {
    const headers = { "content-encoding": "gzip" };
    const answer = await door.send("PUT", "/v2/alice/app/manifests/v1", { as: alice, body: app.content, headers });
    expect([answer.status, codeOf(answer)]).toEqual([415, "UNSUPPORTED"]);
  });
});

describe("end-7b", () => {
  it("points every tag of the query at the manifest and lists them (201 OCI-Tag)", async () => {
    const answer = await put(`/v2/alice/app/manifests/${app.digest}?tag=a1&tag=a2`, app.content);
    expect(answer.status).toBe(201);
    const names = answer.rawHeaders.flatMap((name, at, all) => (name === "OCI-Tag" ? [all[at + 1]] : []));
    expect(names).toEqual(["a1", "a2"]);
    expect((await door.send("HEAD", "/v2/alice/app/manifests/a2", { as: alice })).status).toBe(200);
  });

  it("B36 sets none of them when one is malformed (400 MANIFEST_INVALID), and not more than a push may (414)", async () => {
    const answer = await put(`/v2/alice/app/manifests/${app.digest}?tag=b1&tag=../b`, app.content);
    expect([answer.status, codeOf(answer)]).toEqual([400, "MANIFEST_INVALID"]);
    expect((await door.send("HEAD", "/v2/alice/app/manifests/b1", { as: alice })).status).toBe(404);
    const many = Array.from({ length: 1000 }, (_, at) => `tag=t${at}`).join("&");
    const tooMany = await put(`/v2/alice/app/manifests/${app.digest}?${many}`, app.content);
    expect([tooMany.status, codeOf(tooMany)]).toEqual([414, "UNSUPPORTED"]);
  });

  it("refuses those who may not push (401)", async () => {
    const path = `/v2/alice/app/manifests/${app.digest}?tag=c`;
    expect((await door.send("PUT", path, { as: bob, body: app.content })).status).toBe(401);
  });
});

describe("end-9", () => {
  it("deletes a tag (202), after which it is unknown (404) and its siblings stay", async () => {
    await push(door.registry, repository("alice/del"), app, ["one", "two"]);
    expect((await door.send("DELETE", "/v2/alice/del/manifests/one", { as: alice })).status).toBe(202);
    expect((await door.send("GET", "/v2/alice/del/manifests/one", { as: alice })).status).toBe(404);
    expect((await door.send("GET", "/v2/alice/del/manifests/two", { as: alice })).status).toBe(200);
  });

  it("deletes a manifest and its tags (202), after which both are unknown (404)", async () => {
    await push(door.registry, repository("alice/del"), app, ["three"]);
    expect((await door.send("DELETE", `/v2/alice/del/manifests/${app.digest}`, { as: alice })).status).toBe(202);
    for (const reference of ["three", app.digest]) {
      expect((await door.send("GET", `/v2/alice/del/manifests/${reference}`, { as: alice })).status).toBe(404);
    }
  });

  it("B52 does not know a manifest that is not here (404 MANIFEST_UNKNOWN)", async () => {
    for (const reference of ["nothing", absent, ".tag"]) {
      const answer = await door.send("DELETE", `/v2/alice/app/manifests/${reference}`, { as: alice });
      expect([answer.status, codeOf(answer)]).toEqual([404, "MANIFEST_UNKNOWN"]);
    }
  });

  it("refuses those who may not delete (401)", async () => {
    const token = await door.bearer(alice, "repository:alice/app:pull,push");
    for (const as of [undefined, bob, token]) {
      expect((await door.send("DELETE", "/v2/alice/app/manifests/latest", { as })).status).toBe(401);
    }
  });
});

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
