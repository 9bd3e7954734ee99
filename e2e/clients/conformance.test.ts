import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { sharedLayerport } from "../stack.ts";
import { type Algorithm, type Described, describeBytes, digestOf, type OciAnswer, OciHttp } from "./oci-http.ts";
import { sharedPeople } from "./people.ts";

const { administrator, stranger } = sharedPeople();
const { url, host } = sharedLayerport();
const oci = new OciHttp(url, administrator);
afterAll(() => oci.close());

const basic = `Basic ${Buffer.from(`${administrator.username}:${administrator.password}`).toString("base64")}`;
const algorithms: readonly Algorithm[] = ["sha256", "sha512"];
const imageType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";
const emptyType = "application/vnd.oci.empty.v1+json";
const absent = digestOf("nobody has pushed this");

let made = 0;
/** A repository that nobody has pushed to. */
function newRepository(): string {
  made += 1;
  return `/v2/${administrator.username}/conformance-${randomBytes(4).toString("hex")}-${made}`;
}

function codeOf(answer: OciAnswer): string {
  return JSON.parse(answer.text).errors[0].code;
}

async function startUpload(repository: string, query = ""): Promise<string> {
  const answer = await oci.ask("POST", `${repository}/blobs/uploads/${query}`, { body: "" });
  expect(answer.status).toBe(202);
  return answer.headers.location ?? "";
}

/** The address that ends an upload: a Location may have a query already. */
function ending(location: string, digest: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}

async function pushBlob(repository: string, content: Uint8Array | string, algorithm?: Algorithm): Promise<void> {
  const location = await startUpload(repository);
  expect((await oci.ask("PUT", ending(location, digestOf(content, algorithm)), { body: content })).status).toBe(201);
}

interface Manifest extends Described {
  readonly content: string;
}

function manifestOf(fields: object, mediaType = imageType, algorithm?: Algorithm): Manifest {
  const content = JSON.stringify({ schemaVersion: 2, mediaType, ...fields }, null, 2);
  return { content, ...describeBytes(content, mediaType, algorithm) };
}

function listed({ mediaType, digest, size }: Described): Described {
  return { mediaType, digest, size };
}

/** An image of one layer whose parts are in the repository. */
async function pushImage(
  repository: string,
  reference: string | undefined,
  { fields = {}, text = "a layer", algorithm }: { fields?: object; text?: string; algorithm?: Algorithm } = {},
): Promise<Manifest> {
  const config = JSON.stringify({ architecture: "amd64", os: "linux", text });
  await pushBlob(repository, config, algorithm);
  await pushBlob(repository, text, algorithm);
  const manifest = manifestOf(
    {
      config: describeBytes(config, configType, algorithm),
      layers: [describeBytes(text, layerType, algorithm)],
      ...fields,
    },
    imageType,
    algorithm,
  );
  await pushManifest(repository, reference ?? manifest.digest, manifest);
  return manifest;
}

async function pushManifest(repository: string, reference: string, manifest: Manifest): Promise<OciAnswer> {
  const headers = { "content-type": manifest.mediaType };
  const answer = await oci.ask("PUT", `${repository}/manifests/${reference}`, { body: manifest.content, headers });
  expect([reference, answer.status]).toEqual([reference, 201]);
  return answer;
}

/** What a 201 promises: the digest, and a Location that serves the very bytes. */
async function expectStored(answer: OciAnswer, content: Uint8Array | string, algorithm?: Algorithm): Promise<void> {
  expect(answer.status).toBe(201);
  const digest = digestOf(content, algorithm);
  expect(answer.headers["docker-content-digest"]).toBe(digest);
  const served = await oci.ask("GET", answer.headers.location ?? "");
  expect(served.status).toBe(200);
  expect(served.body.equals(Buffer.from(content))).toBe(true);
  expect(served.headers["content-length"]).toBe(String(Buffer.byteLength(content)));
  expect(served.headers["docker-content-digest"]).toBe(digest);
  const told = await oci.ask("HEAD", answer.headers.location ?? "");
  expect([told.status, told.body.length]).toEqual([200, 0]);
  for (const name of ["content-length", "content-type", "docker-content-digest", "etag"]) {
    expect([name, told.headers[name]]).toEqual([name, served.headers[name]]);
  }
}

describe("the token protocol", () => {
  const challenge = async (path: string) => (await oci.send("GET", path, {})).headers["www-authenticate"];
  const form = (fields: Readonly<Record<string, string>>) =>
    oci.send("POST", "/token", {
      body: new URLSearchParams(fields).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  const accessOf = (answer: OciAnswer): { name: string; actions: string[] }[] =>
    JSON.parse(Buffer.from(JSON.parse(answer.text).token.split(".")[1], "base64url").toString()).access;

  it("says at the root who may be asked for a token, and for what everywhere else (401)", async () => {
    expect(await challenge("/v2/")).toBe(`Bearer realm="${url}/token",service="${host}"`);
    const name = newRepository().slice("/v2/".length);
    expect(await challenge(`/v2/${name}/tags/list`)).toContain(`scope="repository:${name}:pull"`);
    const root = await oci.ask("GET", "/v2/");
    expect([root.status, root.headers["docker-distribution-api-version"]]).toEqual([200, "registry/2.0"]);
  });

  it("grants a part of what was asked for, in one scope or several, beside each other or in one text", async () => {
    const [mine, theirs] = [`${administrator.username}/a`, `${stranger.username}/b`];
    const scopes = [
      `repository:${mine}:pull,push,delete`,
      `repository:${theirs}-x:pull`,
      "nonsense",
      "registry:catalog:*",
    ];
    for (const query of [
      scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join(""),
      `&scope=${encodeURIComponent(scopes.join(" "))}`,
    ]) {
      const answer = await oci.send("GET", `/token?service=${host}${query}`, { headers: { authorization: basic } });
      expect(answer.status).toBe(200);
      expect(answer.headers["cache-control"]).toBe("no-store");
      const document = JSON.parse(answer.text);
      expect(document.access_token).toBe(document.token);
      expect(document.expires_in).toBeGreaterThanOrEqual(60);
      expect(Date.parse(document.issued_at)).toBeGreaterThan(0);
      expect(accessOf(answer).find(({ name }) => name === mine)?.actions).toEqual(["pull", "push", "delete"]);
    }
  });

  it("grants nothing private to nobody, and still answers (200)", async () => {
    const scope = encodeURIComponent(`repository:${administrator.username}/a:pull,push`);
    const answer = await oci.send("GET", `/token?service=${host}&scope=${scope}`, {});
    expect([answer.status, accessOf(answer)]).toEqual([200, []]);
  });

  it("takes a password or a refresh token by POST, and a refresh token once", async () => {
    const { username, password } = administrator;
    const scope = `repository:${username}/a:pull repository:${username}/b:push`;
    const grant = { grant_type: "password", username, password, service: host, client_id: "conformance", scope };
    const first = await form({ ...grant, access_type: "offline" });
    expect(first.status).toBe(200);
    expect(accessOf(first).map(({ name }) => name)).toEqual([`${username}/a`, `${username}/b`]);
    const refresh = { ...grant, grant_type: "refresh_token", refresh_token: JSON.parse(first.text).refresh_token };
    const second = await form(refresh);
    expect([second.status, accessOf(second)]).toEqual([200, accessOf(first)]);
    expect((await form({ ...refresh, refresh_token: `${refresh.refresh_token}x` })).status).toBe(401);
    expect((await form({ ...grant, password: "wrong" })).status).toBe(401);
  });
});

describe.each(algorithms)("push of a blob named by %s", (algorithm) => {
  const repository = newRepository();
  const content = randomBytes(100_000);
  const digest = digestOf(content, algorithm);

  it("in one POST", async () => {
    const path = `${repository}/blobs/uploads/?digest=${digest}`;
    await expectStored(await oci.ask("POST", path, { body: content }), content, algorithm);
  });

  it("in a POST and a PUT", async () => {
    const location = await startUpload(repository);
    await expectStored(await oci.ask("PUT", ending(location, digest), { body: content }), content, algorithm);
  });

  it.each([true, false])("in a POST, chunks and a PUT, the last chunk with the PUT: %s", async (hasLast) => {
    const started = await oci.ask("POST", `${repository}/blobs/uploads/?digest-algorithm=${algorithm}`, { body: "" });
    const least = Number(started.headers["oci-chunk-min-length"]);
    expect(least).toBeGreaterThan(0);
    expect(started.headers.range).toBe("0-0");
    let location = started.headers.location ?? "";
    let at = 0;
    while (hasLast ? content.length - at > least : at < content.length) {
      const part = content.subarray(at, at + least);
      const headers = { "content-range": `${at}-${at + part.length - 1}`, "content-type": "application/octet-stream" };
      const answer = await oci.ask("PATCH", location, { body: part, headers });
      at += part.length;
      expect([answer.status, answer.headers.range]).toEqual([202, `0-${at - 1}`]);
      location = answer.headers.location ?? "";
    }
    const last = content.subarray(at);
    const headers = { "content-range": `${at}-${content.length - 1}` };
    const end = await oci.ask("PUT", ending(location, digest), hasLast ? { body: last, headers } : { body: "" });
    await expectStored(end, content, algorithm);
  });

  it("in a POST, a stream without length and a PUT", async () => {
    const answer = await oci.ask("PATCH", await startUpload(repository), { body: content, isStreamed: true });
    expect([answer.status, answer.headers.range]).toEqual([202, `0-${content.length - 1}`]);
    await expectStored(
      await oci.ask("PUT", ending(answer.headers.location ?? "", digest), { body: "" }),
      content,
      algorithm,
    );
  });

  it("of no bytes, in one request and in three", async () => {
    const empty = digestOf("", algorithm);
    const once = await oci.ask("POST", `${repository}/blobs/uploads/?digest=${empty}`, { body: "" });
    await expectStored(once, "", algorithm);
    const location = await startUpload(newRepository());
    await expectStored(await oci.ask("PUT", ending(location, empty), { body: "" }), "", algorithm);
  });

  it("by a mount: from a named repository, from any, and not from where there is none (201, 202)", async () => {
    const from = repository.slice("/v2/".length);
    const mount = (query: string) => oci.ask("POST", `${newRepository()}/blobs/uploads/?mount=${query}`, { body: "" });
    await expectStored(await mount(`${digest}&from=${from}`), content, algorithm);
    // A token is for the repositories that it names; a password is for all that its owner may read.
    const anywhere = await oci.send("POST", `${newRepository()}/blobs/uploads/?mount=${digest}`, {
      body: "",
      headers: { authorization: basic },
    });
    await expectStored(anywhere, content, algorithm);
    const unknown = digestOf("nowhere", algorithm);
    for (const query of [`${unknown}&from=${from}`, unknown, `${digest}&from=${stranger.username}/none`]) {
      const answer = await mount(query);
      expect([query, answer.status]).toEqual([query, 202]);
      const end = ending(answer.headers.location ?? "", digest);
      await expectStored(await oci.ask("PUT", end, { body: content }), content, algorithm);
    }
  });

  it("is refused with a digest that is another or none, whichever way it came (400 DIGEST_INVALID)", async () => {
    const other = digestOf("other bytes", algorithm);
    for (const bad of [other, `${algorithm}:abc`, "md5:d41d8cd98f00b204e9800998ecf8427e", ""]) {
      const location = await startUpload(repository);
      await oci.ask("PATCH", location, { body: content });
      const answers = [
        await oci.ask("PUT", ending(location, bad), { body: "" }),
        await oci.ask("PUT", ending(await startUpload(repository), bad), { body: content }),
        await oci.ask("POST", `${repository}/blobs/uploads/?digest=${bad}`, { body: content }),
      ];
      for (const answer of answers) expect([bad, answer.status, codeOf(answer)]).toEqual([bad, 400, "DIGEST_INVALID"]);
    }
    expect((await oci.ask("HEAD", `${repository}/blobs/${other}`)).status).toBe(404);
  });
});

describe("an upload", () => {
  const repository = newRepository();
  const content = randomBytes(1_000);
  const digest = digestOf(content);
  const chunk = (location: string, start: number, end: number, method = "PATCH") =>
    oci.ask(method, method === "PUT" ? ending(location, digest) : location, {
      body: content.subarray(start, end),
      headers: { "content-range": `${start}-${end - 1}` },
    });

  it("goes on after a chunk out of order, by PATCH or with its end (416, 204)", async () => {
    const location = await startUpload(repository);
    const expectAt = async (range: string) => {
      const status = await oci.ask("GET", location);
      expect([status.status, status.headers.range, status.headers.location]).toEqual([204, range, location]);
    };
    await expectAt("0-0");
    for (const method of ["PATCH", "PUT"]) {
      const refused = await chunk(location, 100, 200, method);
      expect([refused.status, refused.headers.range, codeOf(refused)]).toEqual([416, "0-0", "BLOB_UPLOAD_INVALID"]);
    }
    expect((await chunk(location, 0, 400)).headers.range).toBe("0-399");
    for (const [start, end] of [
      [0, 400],
      [300, 700],
      [500, 1000],
    ] as const) {
      for (const method of ["PATCH", "PUT"]) {
        const refused = await chunk(location, start, end, method);
        expect([start, method, refused.status, refused.headers.location]).toEqual([start, method, 416, location]);
      }
      await expectAt("0-399");
    }
    await expectStored(await chunk(location, 400, 1000, "PUT"), content);
  });

  it("is cancelled, after which no verb knows it (204, 404)", async () => {
    const location = await startUpload(repository);
    expect((await oci.ask("DELETE", location)).status).toBe(204);
    for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
      const body = method === "PATCH" || method === "PUT" ? { body: content } : {};
      const answer = await oci.ask(method, method === "PUT" ? ending(location, digest) : location, body);
      expect([method, answer.status, codeOf(answer)]).toEqual([method, 404, "BLOB_UPLOAD_UNKNOWN"]);
    }
  });
});

describe("pull of a blob", () => {
  const content = randomBytes(3_000);
  const repository = newRepository();
  const path = `${repository}/blobs/${digestOf(content)}`;

  it("is private, may be kept for ever, and is not sent again to those who have it (200, 304)", async () => {
    await pushBlob(repository, content);
    const { headers } = await oci.ask("GET", path);
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["cache-control"]).toBe("private, max-age=31536000, immutable");
    const again = await oci.ask("GET", path, { headers: { "if-none-match": headers.etag ?? "" } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it.each([
    ["500-1499", 500, 1499],
    ["500-", 500, 2999],
    ["-500", 2500, 2999],
    ["2000-5000", 2000, 2999],
  ])("of the range %s (206)", async (range, start, end) => {
    const answer = await oci.ask("GET", path, { headers: { range: `bytes=${range}` } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([206, `bytes ${start}-${end}/3000`]);
    expect(answer.headers["content-length"]).toBe(String(end - start + 1));
    expect(answer.body.equals(content.subarray(start, end + 1))).toBe(true);
  });

  it.each(["500-0", "3000-", "5000-6000"])("not of the range %s (416)", async (range) => {
    const answer = await oci.ask("GET", path, { headers: { range: `bytes=${range}` } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([416, "bytes */3000"]);
  });

  it("that is not here (404 BLOB_UNKNOWN), GET and HEAD", async () => {
    const answer = await oci.ask("GET", `${repository}/blobs/${absent}`);
    expect([answer.status, codeOf(answer)]).toEqual([404, "BLOB_UNKNOWN"]);
    expect((await oci.ask("HEAD", `${repository}/blobs/${absent}`)).status).toBe(404);
  });
});

describe.each(algorithms)("push and pull of a manifest named by %s", (algorithm) => {
  const repository = newRepository();

  it("by its digest, under several tags, all of which are told (201 OCI-Tag)", async () => {
    const image = await pushImage(repository, undefined, { algorithm });
    const answer = await pushManifest(repository, `${image.digest}?tag=a&tag=b&tag=c`, image);
    expect(answer.values("oci-tag")).toEqual(["a", "b", "c"]);
    await expectStored(answer, image.content, algorithm);
    for (const tag of ["a", "b", "c"]) {
      const pulled = await oci.ask("GET", `${repository}/manifests/${tag}`);
      expect([pulled.text, pulled.headers["docker-content-digest"]]).toEqual([image.content, image.digest]);
    }
  });

  it("of every kind, byte for byte and under its own type, whatever the client accepts", async () => {
    const image = await pushImage(repository, undefined, { algorithm });
    const nested = manifestOf({ manifests: [listed(image)] }, indexType, algorithm);
    const config = { ...describeBytes("{}", emptyType, algorithm), data: Buffer.from("{}").toString("base64") };
    await pushBlob(repository, "{}", algorithm);
    const unknown = { "org.example": [1.5, { deep: null }], annotations: { "org.example.text": "Zürich 🚢\n" } };
    const elsewhere = describeBytes("elsewhere", "application/vnd.oci.image.layer.nondistributable.v1.tar", algorithm);
    const kinds: Readonly<Record<string, Manifest>> = {
      "no layers": manifestOf({ config, layers: [] }, imageType, algorithm),
      "an artifact": manifestOf({ artifactType: "application/x", config, layers: [config] }, imageType, algorithm),
      "unknown fields": manifestOf({ config, layers: [], ...unknown }, imageType, algorithm),
      "a layer elsewhere": manifestOf(
        { config, layers: [{ ...elsewhere, urls: ["https://example.test/x"] }] },
        imageType,
        algorithm,
      ),
      "an empty index": manifestOf({ manifests: [] }, indexType, algorithm),
      "an index": nested,
      "an index of an index": manifestOf({ manifests: [listed(nested)] }, indexType, algorithm),
      "an index before its images": manifestOf(
        { manifests: [describeBytes(`${algorithm} to come`, imageType, algorithm)] },
        indexType,
        algorithm,
      ),
    };
    for (const [kind, manifest] of Object.entries(kinds)) {
      await expectStored(await pushManifest(repository, manifest.digest, manifest), manifest.content, algorithm);
      const headers = { accept: "application/vnd.docker.distribution.manifest.v2+json" };
      const pulled = await oci.ask("GET", `${repository}/manifests/${manifest.digest}`, { headers });
      expect([kind, pulled.headers["content-type"]]).toEqual([kind, manifest.mediaType]);
    }
  });

  it("of exactly 4 MiB, and of no byte more (201, 413)", async () => {
    const limit = 4 * 1024 * 1024;
    await pushBlob(repository, "{}", algorithm);
    const config = describeBytes("{}", emptyType, algorithm);
    const padded = (length: number) =>
      manifestOf({ config, layers: [], annotations: { padding: "x".repeat(length) } }, imageType, algorithm);
    const largest = padded(limit - padded(0).size);
    expect(largest.size).toBe(limit);
    await expectStored(await pushManifest(repository, largest.digest, largest), largest.content, algorithm);
    for (const isStreamed of [true, false]) {
      const refused = await oci.ask("PUT", `${repository}/manifests/large`, {
        body: `${largest.content} `,
        isStreamed,
        headers: { "content-type": imageType },
      });
      expect([refused.status, codeOf(refused)]).toEqual([413, "MANIFEST_INVALID"]);
    }
  });

  it("is refused with another digest, without its blobs, and under a name that is none (400)", async () => {
    const image = await pushImage(repository, undefined, { algorithm });
    const put = (reference: string, content: string) =>
      oci.ask("PUT", `${repository}/manifests/${reference}`, { body: content, headers: { "content-type": imageType } });
    const missing = manifestOf(
      { config: describeBytes("none", configType, algorithm), layers: [] },
      imageType,
      algorithm,
    );
    for (const [reference, content, code] of [
      [digestOf("other", algorithm), image.content, "DIGEST_INVALID"],
      ["sha256:baddigeststring", image.content, "DIGEST_INVALID"],
      [".tag", image.content, "MANIFEST_INVALID"],
      ["missing", missing.content, "MANIFEST_BLOB_UNKNOWN"],
    ] as const) {
      const answer = await put(reference, content);
      expect([reference, answer.status, codeOf(answer)]).toEqual([reference, 400, code]);
    }
  });
});

describe("pull of a manifest", () => {
  it("by tag is asked about each time, by digest never again (200, 304)", async () => {
    const repository = newRepository();
    const image = await pushImage(repository, "latest");
    for (const [reference, caching] of [
      ["latest", "private, no-cache"],
      [image.digest, "private, max-age=31536000, immutable"],
    ] as const) {
      const path = `${repository}/manifests/${reference}`;
      const { headers } = await oci.ask("GET", path);
      expect([headers["content-type"], headers["cache-control"]]).toEqual([imageType, caching]);
      const again = await oci.ask("GET", path, { headers: { "if-none-match": headers.etag ?? "" } });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
  });

  it("that is not here is unknown, GET and HEAD (404)", async () => {
    const repository = newRepository();
    const paths = [`${repository}/manifests/latest`, `${repository}/tags/list`, `${repository}/blobs/${absent}`];
    for (const path of paths) expect([path, codeOf(await oci.ask("GET", path))]).toEqual([path, "NAME_UNKNOWN"]);
    await pushImage(repository, "here");
    for (const reference of ["none", absent, ".INVALID"]) {
      const answer = await oci.ask("GET", `${repository}/manifests/${reference}`);
      expect([reference, answer.status, codeOf(answer)]).toEqual([reference, 404, "MANIFEST_UNKNOWN"]);
      expect((await oci.ask("HEAD", `${repository}/manifests/${reference}`)).status).toBe(404);
    }
  });
});

/** Every page of a list, along its links. */
async function walk(path: string, pick: (document: Record<string, string[]>) => readonly string[] | undefined) {
  const pages: (readonly string[])[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: OciAnswer = await oci.ask("GET", next);
    expect(answer.status).toBe(200);
    pages.push(pick(JSON.parse(answer.text)) ?? []);
    next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
  }
  return pages;
}

describe("content discovery", () => {
  it("lists tags in byte order, whole and in pages", async () => {
    const repository = newRepository();
    const image = await pushImage(repository, undefined);
    const tags = ["0.1.2", "0.1.20", "B", "_", "a", "b-1", "v1"];
    await pushManifest(
      repository,
      `${image.digest}?${tags
        .toReversed()
        .map((tag) => `tag=${tag}`)
        .join("&")}`,
      image,
    );
    const all = await oci.ask("GET", `${repository}/tags/list`);
    expect(JSON.parse(all.text)).toEqual({ name: repository.slice("/v2/".length), tags });
    expect([all.headers["content-type"], all.headers.link]).toEqual(["application/json", undefined]);
    const list = (query: string) => walk(`${repository}/tags/list?${query}`, (document) => document.tags);
    expect(await list("n=3")).toEqual([tags.slice(0, 3), tags.slice(3, 6), tags.slice(6)]);
    expect(await list("n=7")).toEqual([tags]);
    expect(await list("n=0")).toEqual([[]]);
    expect((await list("n=2&last=B")).flat()).toEqual(tags.slice(3));
    expect((await list("last=a0")).flat()).toEqual(tags.slice(5));
  });

  it("lists every repository to an administrator, in pages", async () => {
    const repositories = [newRepository(), newRepository()];
    for (const repository of repositories) await pushBlob(repository, "something");
    const names = (await walk("/v2/_catalog?n=2", (document) => document.repositories)).flat();
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(names.length);
    for (const repository of repositories) expect(names).toContain(repository.slice("/v2/".length));
  });

  it.each(algorithms)("lists who points at a subject, named by %s, that is here or not", async (algorithm) => {
    const repository = newRepository();
    const subject = describeBytes(`${algorithm} subject`, imageType, algorithm);
    const path = `${repository}/referrers/${subject.digest}`;
    const signature = { artifactType: "application/vnd.example.sig", annotations: { "org.example": "signed" } };
    const pushed = [
      await pushImage(repository, undefined, { text: "one", algorithm, fields: { subject, ...signature } }),
      await pushImage(repository, undefined, { text: "two", algorithm, fields: { subject } }),
    ];
    const list = manifestOf(
      { manifests: [], subject, artifactType: "application/vnd.example.list" },
      indexType,
      algorithm,
    );
    expect((await pushManifest(repository, list.digest, list)).headers["oci-subject"]).toBe(subject.digest);

    const answer = await oci.ask("GET", path);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, indexType]);
    const index = JSON.parse(answer.text);
    expect([index.schemaVersion, index.mediaType]).toEqual([2, indexType]);
    const expected = [
      { ...listed(pushed[0] ?? list), ...signature },
      // Who says no type has that of its config.
      { ...listed(pushed[1] ?? list), artifactType: configType },
      { ...listed(list), artifactType: "application/vnd.example.list" },
    ].toSorted((one, other) => (one.digest < other.digest ? -1 : 1));
    expect(index.manifests).toEqual(expected);

    const filtered = await oci.ask("GET", `${path}?artifactType=${encodeURIComponent(signature.artifactType)}`);
    expect(filtered.headers["oci-filters-applied"]).toBe("artifactType");
    expect(JSON.parse(filtered.text).manifests).toEqual([{ ...listed(pushed[0] ?? list), ...signature }]);
    const pages = await walk(`${path}?n=2`, (document) => document.manifests);
    expect(pages.map((page) => page.length)).toEqual([2, 1]);
    expect(pages.flat()).toEqual(expected);
  });

  it("lists nobody for a digest that nobody points at (200), and refuses one that is none (400)", async () => {
    const repository = newRepository();
    await pushBlob(repository, "so that it exists");
    const nobody = await oci.ask("GET", `${repository}/referrers/${absent}`);
    expect([nobody.status, JSON.parse(nobody.text).manifests]).toEqual([200, []]);
    expect((await oci.ask("GET", `${repository}/referrers/sha256:bad`)).status).toBe(400);
  });
});

describe.each(algorithms)("content management of what is named by %s", (algorithm) => {
  it("deletes a tag and leaves its siblings (202, 404)", async () => {
    const repository = newRepository();
    const image = await pushImage(repository, "one", { algorithm });
    await pushManifest(repository, "two", algorithm === "sha256" ? image : manifestOf({ manifests: [] }, indexType));
    expect((await oci.ask("DELETE", `${repository}/manifests/one`)).status).toBe(202);
    expect((await oci.ask("GET", `${repository}/manifests/one`)).status).toBe(404);
    expect((await oci.ask("DELETE", `${repository}/manifests/one`)).status).toBe(404);
    expect((await oci.ask("GET", `${repository}/manifests/two`)).status).toBe(200);
    expect(JSON.parse((await oci.ask("GET", `${repository}/tags/list`)).text).tags).toEqual(["two"]);
  });

  it("deletes a manifest with its tags and as a referrer (202, 404), and lets it come back (201)", async () => {
    const repository = newRepository();
    const subject = await pushImage(repository, undefined, { algorithm });
    const image = await pushImage(repository, undefined, {
      algorithm,
      text: "b",
      fields: { subject: listed(subject) },
    });
    await pushManifest(repository, `${image.digest}?tag=v1`, image);
    expect((await oci.ask("DELETE", `${repository}/manifests/${image.digest}`)).status).toBe(202);
    for (const reference of [image.digest, "v1"]) {
      expect((await oci.ask("GET", `${repository}/manifests/${reference}`)).status).toBe(404);
      expect((await oci.ask("DELETE", `${repository}/manifests/${reference}`)).status).toBe(404);
    }
    const referrers = await oci.ask("GET", `${repository}/referrers/${subject.digest}`);
    expect(JSON.parse(referrers.text).manifests).toEqual([]);
    await expectStored(await pushManifest(repository, image.digest, image), image.content, algorithm);
  });

  it("deletes a blob that no manifest names (202, 404), and no other (405)", async () => {
    const repository = newRepository();
    await pushImage(repository, "v1", { algorithm, text: "kept" });
    await pushBlob(repository, "loose", algorithm);
    const [kept, loose] = ["kept", "loose"].map((text) => `${repository}/blobs/${digestOf(text, algorithm)}`);
    expect((await oci.ask("DELETE", loose ?? "")).status).toBe(202);
    expect((await oci.ask("HEAD", loose ?? "")).status).toBe(404);
    expect((await oci.ask("DELETE", loose ?? "")).status).toBe(404);
    expect((await oci.ask("DELETE", kept ?? "")).status).toBe(405);
    expect((await oci.ask("GET", kept ?? "")).text).toBe("kept");
  });
});
