import { blob, bytes, collect, digestOf, image, index } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { latest, openTestClient, repository, sendJson, startUpstream, type TestAnswer } from "./test-upstream.ts";

const part = blob(bytes(200_000));
const { digest } = part.descriptor;

const sending =
  (content: Uint8Array, headers: Readonly<Record<string, string | number>> = {}, status = 200): TestAnswer =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(content);
  };

/** Everything that arrived of a blob, and what it ended with. */
async function read(answer: TestAnswer, range?: { kind: "from"; start: number; end?: number }) {
  const upstream = await startUpstream(answer);
  const client = openTestClient(upstream.url, { fetchLimits: { progressWindowMs: 300, maximumBlobBytes: 1_000_000 } });
  let received = 0;
  try {
    const opened = await client.openBlob(repository, digest, range);
    for await (const piece of opened.chunks()) received += piece.byteLength;
    return { received, error: undefined };
  } catch (error) {
    return { received, error };
  }
}

describe("T35: a blob", () => {
  const { content } = part;
  const length = content.length;

  it("of the right bytes is read to its end", async () => {
    expect(await read(sending(content, { "content-length": length }))).toEqual({ received: length, error: undefined });
  });

  it("of other bytes never looks whole: the last of them are held back", async () => {
    const wrong = Uint8Array.from(content);
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    const { received, error } = await read(sending(wrong, { "content-length": length }));
    expect(error).toMatchObject({ failure: "untrustworthy" });
    expect(received).toBeLessThan(length);
  });

  it("that breaks off is an outage", async () => {
    const { error } = await read((_request, response) => {
      response.writeHead(200, { "content-length": length });
      response.write(content.subarray(0, 50_000), () => response.destroy());
    });
    expect(error).toMatchObject({ failure: "unreachable" });
  });

  it.each([
    ["of a size that nobody says", sending(content, { "transfer-encoding": "chunked" })],
    ["of more bytes than may be", sending(content, { "content-length": 2_000_000 })],
    ["by another name", sending(content, { "content-length": length, "docker-content-digest": digestOf(bytes("x")) })],
    ["that was packed", sending(content, { "content-length": length, "content-encoding": "gzip" })],
  ])("%s is not believed", async (_what, answer) => {
    expect((await read(answer)).error).toMatchObject({ failure: "untrustworthy" });
  });

  it("that comes too slowly is cut off", async () => {
    const { error } = await read((_request, response) => {
      response.writeHead(200, { "content-length": length });
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect(error).toMatchObject({ failure: "unreachable" });
  });

  it("that stops coming is cut off", async () => {
    const { error } = await read((_request, response) => {
      response.writeHead(200, { "content-length": length });
      response.write("x");
    });
    expect(error).toMatchObject({ failure: "unreachable" });
  });

  it("is read in part from a registry that takes no ranges", async () => {
    const upstream = await startUpstream(sending(content, { "content-length": length }));
    const opened = await openTestClient(upstream.url).openBlob(repository, digest, {
      kind: "from",
      start: 70_000,
      end: 140_000,
    });
    expect(opened).toMatchObject({ size: length, range: { start: 70_000, end: 140_000 } });
    expect(Buffer.from(await collect(opened.chunks())).equals(content.subarray(70_000, 140_001))).toBe(true);
  });

  it.each([
    ["of another place", { "content-range": `bytes 1-10/${length}`, "content-length": 10 }],
    ["of another length", { "content-range": `bytes 0-8/${length}`, "content-length": 9 }],
    ["that it counts in two ways", { "content-range": `bytes 0-9/${length}`, "content-length": 11 }],
    ["that it does not name", { "content-length": 10 }],
    ["that it names in another unit", { "content-range": `pages 0-9/${length}`, "content-length": 10 }],
  ])("in part, of which another registry sends a part %s, is not believed", async (_what, headers) => {
    const answer = sending(content.subarray(0, headers["content-length"]), headers, 206);
    expect((await read(answer, { kind: "from", start: 0, end: 9 })).error).toMatchObject({ failure: "untrustworthy" });
  });
});

describe("T35: a manifest", () => {
  const fixture = image();
  const get = async (answer: TestAnswer, reference = latest) => {
    const upstream = await startUpstream(answer);
    return openTestClient(upstream.url).getManifest(repository, reference);
  };
  const byDigest = { kind: "digest", digest: fixture.digest } as const;

  it.each([
    ["of other bytes than its digest", sending(index().content, { "content-type": fixture.mediaType }), byDigest],
    ["of other bytes than it says", sending(index().content, { "docker-content-digest": fixture.digest }), latest],
    ["by another digest", sending(fixture.content, { "docker-content-digest": index().digest }), byDigest],
    ["of a digest that is none", sending(fixture.content, { "docker-content-digest": "md5:1" }), latest],
    ["that is no manifest", sending(bytes("<html>"), { "content-type": "text/html" }), latest],
    ["of more than 4 MiB, announced", sending(bytes(0), { "content-length": 5_000_000 }), latest],
  ])("%s is not believed", async (_what, answer, reference) => {
    await expect(get(answer, reference)).rejects.toMatchObject({ failure: "untrustworthy" });
  });

  it("without an end is read up to 4 MiB", async () => {
    let sent = 0;
    const answer: TestAnswer = (_request, response) => {
      response.writeHead(200, { "content-type": fixture.mediaType });
      const more = () => {
        if (response.destroyed) return;
        sent += 65_536;
        response.write(" ".repeat(65_536), () => setImmediate(more));
      };
      more();
    };
    await expect(get(answer)).rejects.toMatchObject({ failure: "untrustworthy" });
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it("whose digest and type nobody says is read for what it is", async () => {
    const { content } = fixture;
    const stored = await get(sending(content, { "content-type": "application/json" }));
    expect(stored).toMatchObject({ digest: fixture.digest, mediaType: fixture.mediaType });
  });
});

describe("T35: a list", () => {
  const list = async (answer: TestAnswer, limit = 5) => {
    const upstream = await startUpstream(answer);
    const client = openTestClient(upstream.url, { fetchLimits: { maximumPages: 10, maximumListBytes: 10_000 } });
    const page = await client.listTags(repository, { limit });
    return { page, requests: upstream.requests };
  };

  it.each([
    ["names that are none", { tags: ["../../etc"] }],
    ["something other than names", { tags: [{ name: "a" }] }],
    ["nothing that is a list", { tags: "a" }],
    ["more than may be", { tags: ["a".repeat(20_000)] }],
  ])("of %s is not believed", async (_what, document) => {
    const listing = list((_request, response) => sendJson(response, 200, document));
    await expect(listing).rejects.toMatchObject({ failure: "untrustworthy" });
  });

  it("that goes on for ever without a name ends", async () => {
    const listing = list((_request, response) =>
      sendJson(response, 200, { tags: [] }, { link: '</v2/x?n=1>; rel="next"' }),
    );
    await expect(listing).rejects.toMatchObject({ failure: "untrustworthy" });
  });

  it("that goes on at another host is not followed there", async () => {
    const other = await startUpstream((_request, response) => sendJson(response, 200, { tags: ["b"] }));
    const listing = list((_request, response) =>
      sendJson(response, 200, { tags: ["a"] }, { link: `<${other.url}/x>; rel="next"` }),
    );
    await expect(listing).rejects.toMatchObject({ failure: "untrustworthy" });
    expect(other.connections()).toBe(0);
  });

  it("that is paged by marks of its own is followed by them", async () => {
    const { page, requests } = await list(
      (request, response) =>
        request.url === "/v2/acme/api/tags/list?mark=7"
          ? sendJson(response, 200, { tags: ["c", "d"] })
          : sendJson(response, 200, { tags: ["a", "b"] }, { link: '</v2/acme/api/tags/list?mark=7>; rel="next"' }),
      3,
    );
    expect(page).toEqual({ entries: ["a", "b", "c"], next: "c" });
    expect(requests).toHaveLength(2);
  });
});
