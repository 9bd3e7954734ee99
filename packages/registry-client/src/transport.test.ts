import { image } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { latest, openTestClient, repository, sendJson, startUpstream, type TestAnswer } from "./test-upstream.ts";

const fixture = image();
const credentials = { name: "robot", secret: "s3cret" };

const sendManifest: TestAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": fixture.mediaType, "docker-content-digest": fixture.digest });
  response.end(fixture.content);
};

/** Asks for name and secret, and then sends everybody elsewhere. */
const redirecting =
  (location: string, status = 307): TestAnswer =>
  (request, response) => {
    if (request.headers.authorization === undefined) {
      return sendJson(response, 401, {}, { "www-authenticate": 'Basic realm="x"' });
    }
    response.writeHead(status, { location, "content-length": 0 });
    return response.end();
  };

describe("T30: a redirect", () => {
  it.each([301, 302, 303, 307, 308])("(%i) to another host carries no credentials there", async (status) => {
    const other = await startUpstream(sendManifest, "127.0.0.2");
    const upstream = await startUpstream(redirecting(`${other.url}/blob`, status));
    const client = openTestClient(upstream.url, { credentials });
    expect((await client.getManifest(repository, latest)).digest).toBe(fixture.digest);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it("to another port carries none either, nor does the way back", async () => {
    const upstream = await startUpstream((request, response) =>
      request.url === "/back" ? sendManifest(request, response) : redirecting(`${other.url}/there`)(request, response),
    );
    const other = await startUpstream((_request, response) => {
      response.writeHead(302, { location: `${upstream.url}/back` });
      response.end();
    });
    await openTestClient(upstream.url, { credentials }).getManifest(repository, latest);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(upstream.requests.at(-1)).toMatchObject({ url: "/back" });
    expect(upstream.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it("on the same host keeps them", async () => {
    const upstream = await startUpstream((request, response) =>
      request.url === "/moved" ? sendManifest(request, response) : redirecting("/moved")(request, response),
    );
    await openTestClient(upstream.url, { credentials }).getManifest(repository, latest);
    expect(upstream.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it("is followed 5 times and not 6 times", async () => {
    let hops = 5;
    const upstream = await startUpstream((request, response) => {
      const hop = Number(/hop(\d)/.exec(request.url ?? "")?.[1] ?? 0);
      if (hop === hops) return sendManifest(request, response);
      response.writeHead(307, { location: `/hop${hop + 1}` });
      return response.end();
    });
    const client = openTestClient(upstream.url);
    expect((await client.getManifest(repository, latest)).digest).toBe(fixture.digest);
    hops = 6;
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "untrustworthy" });
  });

  it("in a circle ends", async () => {
    const upstream = await startUpstream((request, response) => {
      response.writeHead(302, { location: request.url });
      response.end();
    });
    await expect(openTestClient(upstream.url).getManifest(repository, latest)).rejects.toMatchObject({
      failure: "untrustworthy",
    });
    expect(upstream.requests).toHaveLength(6);
  });

  it("T31: to a private address is not followed, though the registry itself may have one", async () => {
    const inside = await startUpstream(sendManifest, "127.0.0.2");
    const upstream = await startUpstream(redirecting(`${inside.url}/secret`));
    const client = openTestClient(upstream.url, { credentials, allowPrivateAddresses: ["127.0.0.1"] });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "forbidden" });
    expect(upstream.requests).toHaveLength(2);
    expect(inside.connections()).toBe(0);
  });

  it.each(["file:///etc/passwd", "gopher://127.0.0.1/", "http://user@127.0.0.1/", ""])(
    "to %s is not followed",
    async (location) => {
      const upstream = await startUpstream((_request, response) => {
        response.writeHead(302, { location });
        response.end();
      });
      const client = openTestClient(upstream.url, { fetchLimits: { maximumRedirects: 0 } });
      await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ name: "UpstreamError" });
      expect(upstream.requests).toHaveLength(1);
    },
  );
});

describe("trying again", () => {
  const failing = (failures: number, fail: TestAnswer): TestAnswer => {
    let count = 0;
    return (request, response) => {
      count += 1;
      return count <= failures ? fail(request, response) : sendManifest(request, response);
    };
  };
  const busy =
    (status: number, headers = {}): TestAnswer =>
    (_request, response) => {
      response.writeHead(status, headers);
      response.end();
    };

  it.each([
    ["429", busy(429)],
    ["502", busy(502)],
    ["503", busy(503)],
    ["504", busy(504)],
    ["a connection that breaks", ((request) => request.socket.destroy()) satisfies TestAnswer],
  ])("a read is asked for again after %s, a few times", async (_what, fail) => {
    const upstream = await startUpstream(failing(2, fail));
    expect((await openTestClient(upstream.url).getManifest(repository, latest)).digest).toBe(fixture.digest);
    const hopeless = await startUpstream(fail);
    await expect(openTestClient(hopeless.url).getManifest(repository, latest)).rejects.toBeInstanceOf(Error);
    expect(hopeless.requests).toHaveLength(4);
  });

  it("the pause that Retry-After asks for is kept, and one that is too long is the answer", async () => {
    const upstream = await startUpstream(failing(1, busy(503, { "retry-after": "1" })));
    const startedAt = performance.now();
    await openTestClient(upstream.url).getManifest(repository, latest);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    const patient = await startUpstream(busy(429, { "retry-after": "3600" }));
    await expect(openTestClient(patient.url).getManifest(repository, latest)).rejects.toMatchObject({
      code: "TOOMANYREQUESTS",
    });
    expect(patient.requests).toHaveLength(1);
  });

  it("a delete is not sent twice when nobody knows what became of it", async () => {
    const upstream = await startUpstream((request) => request.socket.destroy());
    const client = openTestClient(upstream.url);
    await expect(client.deleteManifest(repository, fixture.digest)).rejects.toMatchObject({ failure: "unreachable" });
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("refusals", () => {
  it.each([
    [404, { errors: [{ code: "NAME_UNKNOWN" }] }, { code: "NAME_UNKNOWN", status: 404 }],
    [404, "page not found", { code: "MANIFEST_UNKNOWN", status: 404 }],
    [403, { errors: [{ code: "NOT_OURS" }] }, { code: "DENIED", status: 403 }],
    [401, { errors: [{ code: "DENIED" }] }, { code: "UNAUTHORIZED", status: 401 }],
    [400, { errors: [{ code: "MANIFEST_INVALID" }] }, { code: "MANIFEST_INVALID", status: 400 }],
    [400, { errors: "nonsense" }, { name: "UpstreamError", failure: "untrustworthy" }],
    [418, {}, { name: "UpstreamError", failure: "untrustworthy" }],
    [500, { errors: [{ code: "MANIFEST_UNKNOWN" }] }, { name: "UpstreamError", failure: "unreachable" }],
    [507, {}, { code: "UNAVAILABLE", status: 507 }],
    [204, "", { name: "UpstreamError", failure: "untrustworthy" }],
  ])("%i with %j is what it stands for", async (status, document, expected) => {
    const upstream = await startUpstream((_request, response) => sendJson(response, status, document));
    await expect(openTestClient(upstream.url).getManifest(repository, latest)).rejects.toMatchObject(expected);
  });

  it("what another registry says is passed on short and printable", async () => {
    const evil = `\u001b[2J${"x".repeat(5000)}`;
    const detail = { [evil]: evil, list: ["a", "\u0007"], nested: { a: 1 }, n: 1 };
    const upstream = await startUpstream((_request, response) =>
      sendJson(response, 403, { errors: [{ code: "DENIED", message: evil, detail }] }),
    );
    const [settled] = await Promise.allSettled([openTestClient(upstream.url).getManifest(repository, latest)]);
    const said = JSON.stringify([settled, String(settled?.status === "rejected" && settled.reason)]);
    expect(said.length).toBeLessThan(2000);
    expect(said).not.toMatch(/\\u001b|\\u0007/);
    expect(settled).toMatchObject({ reason: { code: "DENIED", detail: { list: ["a", " "], n: 1 } } });
  });

  it("an endless error says no more than its status", async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(403);
      const timer = setInterval(() => response.write("x".repeat(16 * 1024)), 1);
      response.on("close", () => clearInterval(timer));
    });
    await expect(openTestClient(upstream.url).getManifest(repository, latest)).rejects.toMatchObject({
      code: "DENIED",
    });
  });

  it("headers without end are not read", async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`x-${at}`, "y".repeat(1000)])));
      response.end();
    });
    const client = openTestClient(upstream.url, { fetchLimits: { attempts: 1 } });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "unreachable" });
  });

  it("nobody listening is an outage, with its cause", async () => {
    const client = openTestClient("http://127.0.0.1:1");
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({
      failure: "unreachable",
      cause: { code: "ECONNREFUSED" },
    });
  });
});
