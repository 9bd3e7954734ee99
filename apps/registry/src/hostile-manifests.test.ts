import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mediaTypes } from "@layerport/registry-core";
import {
  artifact,
  blob,
  bytes,
  concatenate,
  image,
  imageManifest,
  index,
  type ManifestFixture,
  push,
} from "@layerport/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { repository, startDoor, type TestAnswer, type TestDoor } from "./test-door.ts";

const app = image({ layers: ["base", "app"] });
const document: Readonly<Record<string, unknown>> = JSON.parse(Buffer.from(app.content).toString());
const { config } = app;
const ociManifest: string = mediaTypes.ociManifest;
const ociIndex: string = mediaTypes.ociIndex;

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.bearer(await door.addUser("alice"), "repository:alice/app:pull,push");
  await push(door.registry, repository("alice/app"), app, ["latest"]);
});

function put(content: Uint8Array | string, type: string | null = ociManifest, reference = "hostile") {
  const headers = type === null ? {} : { "content-type": type };
  return door.send("PUT", `/v2/alice/app/manifests/${reference}`, { as: alice, body: content, headers });
}

function outcome({ status, text }: TestAnswer): readonly [number, string] {
  return [status, status < 300 ? "" : JSON.parse(text).errors[0].code];
}

/** The image's document with some of its fields changed. */
function changed(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...document, ...fields });
}

/** The same with a piece of text put in where its object begins. */
function withText(text: string): string {
  return `{${text},${JSON.stringify(document).slice(1)}`;
}

/** A config that claims another size, written as it stands. */
function sized(size: string): string {
  return changed({ config: { ...config.descriptor, size: "SIZE" } }).replace('"SIZE"', size);
}

const both =
  '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"layers":[],"config":{}}';
const padding = `"annotations":{"padding":"${"x".repeat(1024 * 1024)}"}`;
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
const wide = Array.from({ length: 300_000 }, (_, at) => `"${at}":""`).join(",");

const refused: readonly (readonly [string, string | Uint8Array, string | null])[] = [
  ["T01 B28 is an image and an index at once", both, ociIndex],
  ["T01 B28 is both, and sent as the other", both, ociManifest],
  ["T01 B28 says one type and is sent as another", app.content, mediaTypes.dockerManifest],
  ["B28 says no type and is sent with none", changed({ mediaType: undefined }), null],
  ["T02 B27 says its type twice", withText('"mediaType":"text/plain"'), ociManifest],
  ["T02 B27 has a key twice, far inside", changed({}).replace('"digest":', '"digest":"","digest":'), ociManifest],
  ["T02 B27 has MediaType beside mediaType", changed({ MediaType: ociManifest }), ociManifest],
  ["T02 has Layers beside layers", changed({ Layers: [] }), ociManifest],
  ["T02 B29 has a size beyond 2^53", sized("9007199254740993"), ociManifest],
  ["T02 B29 has a size below zero", sized("-1"), ociManifest],
  ["T02 B29 has half a byte", sized("1.5"), ociManifest],
  ["T02 has an endless size", sized("1e400"), ociManifest],
  ["B25 is empty", "", ociManifest],
  ["B25 is no JSON", "image", ociManifest],
  ["B25 is a list", "[]", ociManifest],
  ["B25 begins with a byte order mark", concatenate([new Uint8Array([0xef, 0xbb, 0xbf]), app.content]), ociManifest],
  ["B25 is not UTF-8", Buffer.from(changed({ annotations: { a: "ÿ" } }), "latin1"), ociManifest],
  ["B25 goes on after its end", `${changed({})}{}`, ociManifest],
  ["T09 B26 is 100,000 deep", withText(`"annotations":{"a":${deep}}`), ociManifest],
  ["T09 B26 has 300,000 annotations", withText(`"annotations":{${wide}}`), ociManifest],
  ["B30 is of Docker schema 1", '{"schemaVersion":1,"name":"a/b","tag":"v1","fsLayers":[]}', ociManifest],
  ["B30 is sent as Docker schema 1", changed({}), "application/vnd.docker.distribution.manifest.v1+prettyjws"],
  ["T24 lists manifests after a mebibyte of padding", withText(`${padding},"manifests":[]`), ociManifest],
  ["T24 says its type again after a mebibyte of padding", withText(`${padding},"mediaType":"a/b"`), ociManifest],
];

describe("a manifest is refused, whole, that", () => {
  it.each(refused)("%s (400 MANIFEST_INVALID)", async (_what, content, type) => {
    expect(outcome(await put(content, type))).toEqual([400, "MANIFEST_INVALID"]);
    const answer = await door.send("GET", "/v2/alice/app/manifests/hostile", { as: alice });
    expect(outcome(answer)).toEqual([404, "MANIFEST_UNKNOWN"]);
  });

  it("B30 is of Docker schema 1, in a sentence that says so", async () => {
    expect((await put('{"schemaVersion":1,"fsLayers":[]}')).text).toContain("schema 1");
  });

  it("B29 gives a blob another size than it has (400 SIZE_INVALID)", async () => {
    expect(outcome(await put(sized(String(config.descriptor.size + 1))))).toEqual([400, "SIZE_INVALID"]);
  });

  it.each([
    "sha256:../../x",
    `sha256:${"A".repeat(64)}`,
    `sha512:${"a".repeat(64)}`,
    `md5:${"a".repeat(32)}`,
    "sha256:",
  ])("T03 names %s as a part or a subject (400 DIGEST_INVALID)", async (digest) => {
    const bad = { ...config.descriptor, digest };
    for (const fields of [{ config: bad }, { layers: [bad] }, { subject: bad }]) {
      expect(outcome(await put(changed(fields)))).toEqual([400, "DIGEST_INVALID"]);
    }
    const list = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [bad] });
    expect(outcome(await put(list, ociIndex))).toEqual([400, "DIGEST_INVALID"]);
  });

  it("B33 nests nine deep, or lists 1,001 (400 MANIFEST_INVALID)", async () => {
    let nested: ManifestFixture = app;
    for (let depth = 1; depth <= 9; depth += 1) {
      nested = index({ images: [nested] });
      const expected = depth === 9 ? [400, "MANIFEST_INVALID"] : [201, ""];
      expect(outcome(await put(nested.content, nested.mediaType, nested.digest))).toEqual(expected);
    }
    const many = Array.from({ length: 1001 }, (_, at) => blob(bytes(`child ${at}`), ociManifest).descriptor);
    const list = index({ descriptors: many });
    expect(outcome(await put(list.content, list.mediaType))).toEqual([400, "MANIFEST_INVALID"]);
    const fewer = index({ descriptors: many.slice(1) });
    expect(outcome(await put(fewer.content, fewer.mediaType, fewer.digest))).toEqual([201, ""]);
  });

  it("T09 is a bomb, while others are answered", async () => {
    const bombs = Array.from({ length: 8 }, () => put(withText(`"annotations":{"a":${deep},${wide}}`)));
    expect((await door.send("GET", "/v2/", { as: alice })).status).toBe(200);
    for (const answer of await Promise.all(bombs)) expect(answer.status).toBe(400);
  });
});

describe("a manifest is taken as it is that", () => {
  it("B27 has annotations named __proto__ and constructor (201): they are text and change nothing", async () => {
    const odd = '"annotations":{"__proto__":"polluted","constructor":"polluted","toString":"polluted"}';
    const signature = artifact({ content: "odd", artifactType: "application/odd", subject: app.descriptor });
    for (const part of signature.blobs) {
      const path = `/v2/alice/app/blobs/uploads/?digest=${part.descriptor.digest}`;
      expect((await door.send("POST", path, { as: alice, body: part.content })).status).toBe(201);
    }
    const content = `{${odd},${Buffer.from(signature.content).toString().slice(1)}`;
    expect((await put(content, ociManifest, "odd")).status).toBe(201);
    expect((await door.send("GET", "/v2/alice/app/manifests/odd", { as: alice })).text).toBe(content);
    const listed = await door.send("GET", `/v2/alice/app/referrers/${app.digest}`, { as: alice });
    expect(listed.text).toContain(odd);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    for (const name of ["constructor", "toString"]) expect(typeof Reflect.get({}, name)).toBe("function");
  });

  it("B31 B32 names manifests and a subject that are not here yet (201), which stay unknown (404)", async () => {
    const child = image({ layers: ["never pushed"] });
    const list = index({ images: [child], subject: child.descriptor });
    const answer = await put(list.content, list.mediaType, "sparse");
    expect([answer.status, answer.headers["oci-subject"]]).toEqual([201, child.digest]);
    const pulled = await door.send("GET", `/v2/alice/app/manifests/${child.digest}`, { as: alice });
    expect(outcome(pulled)).toEqual([404, "MANIFEST_UNKNOWN"]);
  });

  it("B34 has a layer that is elsewhere (201), whose address nobody asks", async () => {
    let visits = 0;
    const elsewhere = createServer((_request, response) => {
      visits += 1;
      response.end();
    }).listen(0, "127.0.0.1");
    elsewhere.on("connection", () => {
      visits += 1;
    });
    onTestFinished(() => void elsewhere.close());
    await new Promise((resolve) => elsewhere.once("listening", resolve));
    const urls = [`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x`];
    const part = blob(bytes("elsewhere"), "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    const foreign = imageManifest(config, [{ ...part, descriptor: { ...part.descriptor, urls } }]);
    expect((await put(foreign.content, ociManifest, "foreign")).status).toBe(201);
    expect((await door.send("GET", "/v2/alice/app/manifests/foreign", { as: alice })).text).toContain(urls[0]);
    const layer = await door.send("GET", `/v2/alice/app/blobs/${part.descriptor.digest}`, { as: alice });
    expect(outcome(layer)).toEqual([404, "BLOB_UNKNOWN"]);
    expect(visits).toBe(0);
  });
});
