import { image } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { latest, openTestClient, repository, sendJson, startUpstream, type TestAnswer } from "./test-upstream.ts";

const fixture = image();
const credentials = { name: "robot", secret: "s3cret" };
const basic = `Basic ${Buffer.from("robot:s3cret").toString("base64")}`;

const sendManifest: TestAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": fixture.mediaType, "docker-content-digest": fixture.digest });
  response.end(fixture.content);
};

/** A registry that asks for bearer tokens, and gives those that `tokenAnswer` describes. */
async function startBearerRegistry(tokenAnswer: (count: number) => object, accepts: (token: string) => boolean) {
  let count = 0;
  const upstream = await startUpstream((request, response) => {
    if (request.url?.startsWith("/token")) {
      count += 1;
      return sendJson(response, 200, tokenAnswer(count));
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined && accepts(token)) return sendManifest(request, response);
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="registry",scope="repository:other/secret:pull,push,delete"`;
    return sendJson(
      response,
      401,
      { errors: [{ code: "UNAUTHORIZED", message: "no" }] },
      { "www-authenticate": challenge },
    );
  });
  const tokenRequests = () => upstream.requests.filter(({ url }) => url.startsWith("/token"));
  return { upstream, tokenRequests };
}

describe("signing in", () => {
  it("a challenge leads to the token endpoint, which alone sees the secret", async () => {
    const { upstream, tokenRequests } = await startBearerRegistry(
      () => ({ token: "t1", expires_in: 300 }),
      () => true,
    );
    const client = openTestClient(upstream.url, { credentials });
    expect((await client.getManifest(repository, latest)).digest).toBe(fixture.digest);
    expect(tokenRequests()).toHaveLength(1);
    expect(tokenRequests()[0]?.headers.authorization).toBe(basic);
    for (const { url, headers } of upstream.requests.filter((asked) => !asked.url.startsWith("/token"))) {
      expect([url, headers.authorization]).not.toContain(basic);
    }
  });

  it("a token is asked for what the request needs, whatever the challenge would like", async () => {
    const { upstream, tokenRequests } = await startBearerRegistry(
      () => ({ token: "t1" }),
      () => true,
    );
    await openTestClient(upstream.url, { credentials }).getManifest(repository, latest);
    const asked = new URL(tokenRequests()[0]?.url ?? "", upstream.url).searchParams;
    expect(asked.getAll("scope")).toEqual(["repository:acme/api:pull"]);
    expect(asked.get("service")).toBe("registry");
  });

  it("without credentials the token endpoint is asked by nobody in particular", async () => {
    const { upstream, tokenRequests } = await startBearerRegistry(
      () => ({ access_token: "anonymous" }),
      () => true,
    );
    await openTestClient(upstream.url).getManifest(repository, latest);
    expect(tokenRequests()[0]?.headers.authorization).toBeUndefined();
  });

  it("one token serves all requests until shortly before it expires, and is fetched once for many at once", async () => {
    const { upstream, tokenRequests } = await startBearerRegistry(
      (count) => ({ token: `t${count}`, expires_in: 4 }),
      () => true,
    );
    const client = openTestClient(upstream.url, { credentials });
    await Promise.all(Array.from({ length: 10 }, () => client.getManifest(repository, latest)));
    await client.getManifest(repository, latest);
    expect(tokenRequests()).toHaveLength(1);
    await expect
      .poll(
        async () => {
          await client.getManifest(repository, latest);
          return tokenRequests().length;
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(1);
  });

  it("a token that is no longer accepted is replaced once; a fresh one that is refused is the answer", async () => {
    let accepted = "t1";
    const { upstream, tokenRequests } = await startBearerRegistry(
      (count) => ({ token: `t${count}`, expires_in: 300 }),
      (token) => token === accepted,
    );
    const client = openTestClient(upstream.url, { credentials });
    await client.getManifest(repository, latest);
    accepted = "t2";
    await client.getManifest(repository, latest);
    expect(tokenRequests()).toHaveLength(2);
    accepted = "none";
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ code: "UNAUTHORIZED", status: 401 });
    expect(tokenRequests()).toHaveLength(3);
  });

  it("a registry that wants the name and secret themselves gets them", async () => {
    const upstream = await startUpstream((request, response) =>
      request.headers.authorization === basic
        ? sendManifest(request, response)
        : sendJson(response, 401, {}, { "www-authenticate": 'Basic realm="registry"' }),
    );
    expect((await openTestClient(upstream.url, { credentials }).getManifest(repository, latest)).digest).toBe(
      fixture.digest,
    );
    const wrong = openTestClient(upstream.url, { credentials: { name: "robot", secret: "wrong" } });
    await expect(wrong.getManifest(repository, latest)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await expect(openTestClient(upstream.url).getManifest(repository, latest)).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
  });

  it.each([
    ["no JSON", "<html>"],
    ["no object", "[]"],
    ["no token", "{}"],
    ["a token that is no text", '{"token":{}}'],
    ["a token that would be two header lines", '{"token":"a\\r\\nX-Evil: 1"}'],
    ["a token of 20 kB", JSON.stringify({ token: "a".repeat(20_000) })],
    ["a megabyte", `{"token":"${"a".repeat(1_000_000)}"}`],
  ])("a token endpoint that answers with %s is not believed", async (_what, text) => {
    const upstream = await startUpstream((request, response) => {
      if (request.url?.startsWith("/token")) return response.end(text);
      const challenge = `Bearer realm="http://${request.headers.host}/token"`;
      return sendJson(response, 401, {}, { "www-authenticate": challenge });
    });
    const client = openTestClient(upstream.url, { credentials });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "untrustworthy" });
  });

  it("a token endpoint that refuses the credentials is a refusal, and one that sends us elsewhere is not followed", async () => {
    const elsewhere = await startUpstream((_request, response) => sendJson(response, 200, { token: "t" }));
    let status = 401;
    const upstream = await startUpstream((request, response) => {
      if (request.url?.startsWith("/token"))
        return sendJson(response, status, {}, { location: `${elsewhere.url}/token` });
      return sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="http://${request.headers.host}/token"` });
    });
    const client = openTestClient(upstream.url, { credentials });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    status = 307;
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "untrustworthy" });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("T29: the realm", () => {
  it("of another host gets no credentials, and no request at all", async () => {
    const evil = await startUpstream((_request, response) => sendJson(response, 200, { token: "t" }), "127.0.0.2");
    const upstream = await startUpstream((_request, response) =>
      sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${evil.url}/t",service="x"` }),
    );
    const client = openTestClient(upstream.url, { credentials });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "forbidden" });
    expect(evil.connections()).toBe(0);
    for (const { headers } of upstream.requests) expect(headers.authorization).toBeUndefined();
  });

  it("of another host gets them when it is on the list", async () => {
    const issuer = await startUpstream((_request, response) => sendJson(response, 200, { token: "t" }), "127.0.0.2");
    const upstream = await startUpstream((request, response) =>
      request.headers.authorization === "Bearer t"
        ? sendManifest(request, response)
        : sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${issuer.url}/t"` }),
    );
    const client = openTestClient(upstream.url, { credentials, realmHosts: ["127.0.0.2"] });
    expect((await client.getManifest(repository, latest)).digest).toBe(fixture.digest);
    expect(issuer.requests[0]?.headers.authorization).toBe(basic);
  });
});
