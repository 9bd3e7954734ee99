import { bytes, digestOf, sending, sendingThenFailing } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { openTestClient, readBody, repository, sendJson, startUpstream, type TestAnswer } from "./test-upstream.ts";

const short = bytes(10_000);
const long = bytes(300_000);

/** A registry that takes no blob in one request, and keeps where an upload goes on to itself. */
function uploading(
  location: (step: number) => string,
  bodies: { method: string; url: string; body: Buffer }[],
): TestAnswer {
  let step = 0;
  let length = 0;
  return async (request, response) => {
    const { method = "", url = "" } = request;
    const body = await readBody(request);
    bodies.push({ method, url, body });
    step += 1;
    if (method === "PUT") return sendJson(response, 201, {});
    if (method === "PATCH") length += body.length;
    const headers = {
      location: location(step),
      range: `0-${Math.max(0, length - 1)}`,
      "oci-chunk-min-length": "200000",
    };
    return sendJson(response, method === "GET" ? 204 : 202, {}, headers);
  };
}

describe("an upload", () => {
  it.each([
    ["short", short],
    ["long", long],
  ])("of a %s blob ends where the registry says, with the rest of its query kept", async (_size, content) => {
    const bodies: { method: string; url: string; body: Buffer }[] = [];
    const upstream = await startUpstream(uploading((step) => `/somewhere/else?_state=${step}%2B%3D`, bodies));
    const digest = digestOf(content);
    const source = { bytes: sending(content), length: content.length };
    expect(await openTestClient(upstream.url).putBlob(repository, digest, source)).toMatchObject({
      digest,
      size: content.length,
    });
    const last = bodies.at(-1);
    expect([last?.method, last?.url]).toEqual(["PUT", `/somewhere/else?_state=1%2B%3D&digest=${digest}`]);
    expect(last?.body.equals(content)).toBe(true);
  });

  it("goes on at another host without credentials", async () => {
    const bodies: { method: string; url: string; body: Buffer }[] = [];
    const storage = await startUpstream(uploading(() => "/next", bodies));
    const upstream = await startUpstream((request, response) =>
      request.headers.authorization === undefined
        ? sendJson(response, 401, {}, { "www-authenticate": 'Basic realm="x"' })
        : sendJson(response, 202, {}, { location: `${storage.url}/put?sig=1` }),
    );
    const client = openTestClient(upstream.url, { credentials: { name: "robot", secret: "s3cret" } });
    await client.putBlob(repository, digestOf(long), { bytes: sending(long), length: long.length });
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(bodies[0]?.body.equals(long)).toBe(true);
  });

  it("of unknown length is sent in chunks that say where they are, none but the last shorter than the registry wants", async () => {
    const bodies: { method: string; url: string; body: Buffer }[] = [];
    const upstream = await startUpstream(uploading((step) => `/step/${step}`, bodies));
    const content = bytes(2_500_000);
    const client = openTestClient(upstream.url);
    const { id, minimumChunkBytes } = await client.startUpload(repository);
    expect(minimumChunkBytes).toBe(200_000);
    const pieces = Array.from({ length: 25 }, (_, at) => content.subarray(at * 100_000, (at + 1) * 100_000));
    const upload = await client.appendChunk(repository, id, { bytes: sending(...pieces), start: 0 });
    expect(upload).toEqual({ id, length: content.length });
    const patches = bodies.filter(({ method }) => method === "PATCH");
    expect(patches.map(({ url }) => url)).toEqual(["/step/1", "/step/2", "/step/3"]);
    expect(Buffer.concat(patches.map(({ body }) => body)).equals(content)).toBe(true);
    const ranges = upstream.requests
      .map(({ headers }) => headers["content-range"])
      .filter((range) => range !== undefined);
    expect(ranges).toEqual(["0-1048575", "1048576-2097151", "2097152-2499999"]);
  });

  it("whose sender breaks off fails with the sender's own error, and is cancelled", async () => {
    const upstream = await startUpstream((request, response) => {
      request.resume();
      if (request.method !== "PUT")
        sendJson(response, request.method === "DELETE" ? 204 : 202, {}, { location: "/next" });
    });
    const failure = new Error("the disk is gone");
    const source = { bytes: sendingThenFailing(failure, long) };
    await expect(openTestClient(upstream.url).putBlob(repository, digestOf(long), source)).rejects.toBe(failure);
    expect(upstream.requests.map(({ method, url }) => `${method} ${url}`)).toContain("DELETE /next");
  });

  it("that begins without a place to go on is not believed, nor one that leads to where we must not go", async () => {
    let headers = {};
    const upstream = await startUpstream((_request, response) => sendJson(response, 202, {}, headers));
    const client = openTestClient(upstream.url);
    await expect(client.startUpload(repository)).rejects.toMatchObject({ failure: "untrustworthy" });
    headers = { location: "file:///etc/passwd" };
    await expect(client.startUpload(repository)).rejects.toMatchObject({ failure: "forbidden" });
  });

  it("stored as another blob is not believed", async () => {
    const upstream = await startUpstream((_request, response) =>
      sendJson(response, 201, {}, { "docker-content-digest": digestOf(long) }),
    );
    const put = openTestClient(upstream.url).putBlob(repository, digestOf(short), { bytes: sending(short) });
    await expect(put).rejects.toMatchObject({ failure: "untrustworthy" });
  });
});
