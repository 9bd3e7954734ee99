import { maximumManifestBytes, mediaTypes } from "@layerport/registry-core";
import { artifact, bytes, digestOf, image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, startDoor, type TestDoor } from "../test-door.ts";

const app = image();
const signature = artifact({
  content: "signature",
  artifactType: "application/vnd.example.signature+json",
  subject: app.descriptor,
  annotations: { by: "alice" },
});
const notes = artifact({ content: "notes", configMediaType: "application/vnd.example.notes", subject: app.descriptor });

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  for (const made of [app, signature, notes]) await push(door.registry, repository("alice/app"), made);
});

const ask = (query = "", digest: string = app.digest) =>
  door.send("GET", `/v2/alice/app/referrers/${digest}${query}`, { as: alice });

describe("end-12a", () => {
  it("lists who points at a manifest as an index, with type and annotations (200)", async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe(mediaTypes.ociIndex);
    expect(answer.headers["oci-filters-applied"]).toBeUndefined();
    const index = JSON.parse(answer.text);
    expect(index).toMatchObject({ schemaVersion: 2, mediaType: mediaTypes.ociIndex });
    expect(index.manifests).toHaveLength(2);
    expect(index.manifests).toContainEqual({
      mediaType: mediaTypes.ociManifest,
      digest: signature.digest,
      size: signature.content.length,
      artifactType: "application/vnd.example.signature+json",
      annotations: { by: "alice" },
    });
    expect(index.manifests).toContainEqual(expect.objectContaining({ artifactType: "application/vnd.example.notes" }));
  });

  it("B56 answers an empty index for a digest that nobody points at (200), and refuses a bad one (400)", async () => {
    const empty = await ask("", digestOf(bytes("nobody")));
    expect([empty.status, JSON.parse(empty.text).manifests]).toEqual([200, []]);
    expect((await ask("", "sha256:bad")).status).toBe(400);
  });

  it("B53 B54 answers nothing for n=0 (200), and refuses an n that is no number and a last that is no digest (400)", async () => {
    const nothing = await ask("?n=0");
    expect([nothing.status, JSON.parse(nothing.text).manifests, nothing.headers.link]).toEqual([200, [], undefined]);
    for (const query of ["?n=-1", "?n=abc", "?last=abc", `?last=${"x".repeat(10_000)}`]) {
      expect([query.slice(0, 9), (await ask(query)).status]).toEqual([query.slice(0, 9), 400]);
    }
  });

  it("can be followed page by page (200 Link)", async () => {
    const first = await ask("?n=1");
    const link = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? "";
    const second = await door.send("GET", link, { as: alice });
    const digests = [first, second].flatMap(({ text }) =>
      JSON.parse(text).manifests.map((entry: { digest: string }) => entry.digest),
    );
    expect(new Set(digests)).toEqual(new Set([signature.digest, notes.digest]));
    expect(second.headers.link).toBeUndefined();
  });

  it("stays within what a client reads of an index, however long the annotations are, and goes on in the next", async () => {
    const long = "x".repeat(1_200_000);
    const subject = { ...app.descriptor, digest: digestOf(bytes("popular")) };
    const many = ["a", "b", "c", "d"].map((content) => artifact({ content, subject, annotations: { long } }));
    for (const made of many) await push(door.registry, repository("alice/app"), made);
    let path: string | undefined = `/v2/alice/app/referrers/${subject.digest}`;
    let seen = 0;
    while (path !== undefined) {
      const answer = await door.send("GET", path, { as: alice });
      expect(answer.body.length).toBeLessThanOrEqual(maximumManifestBytes);
      seen += JSON.parse(answer.text).manifests.length;
      path = /^<([^>]+)>/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    expect(seen).toBe(4);
  });

  it("refuses a stranger (401)", async () => {
    expect((await door.send("GET", `/v2/alice/app/referrers/${app.digest}`)).status).toBe(401);
  });

  it("does not know a repository that is not here (404 NAME_UNKNOWN)", async () => {
    expect((await door.send("GET", `/v2/alice/none/referrers/${app.digest}`, { as: alice })).status).toBe(404);
  });
});

describe("end-12b", () => {
  it("lists those of one type only, and says that it did (200 OCI-Filters-Applied)", async () => {
    const answer = await ask(`?artifactType=${encodeURIComponent("application/vnd.example.signature+json")}`);
    expect(answer.headers["oci-filters-applied"]).toBe("artifactType");
    expect(JSON.parse(answer.text).manifests.map((entry: { digest: string }) => entry.digest)).toEqual([
      signature.digest,
    ]);
  });

  it("takes a plus sign that a client did not escape (200)", async () => {
    expect(JSON.parse((await ask("?artifactType=application/vnd.example.signature+json")).text).manifests).toHaveLength(
      1,
    );
  });
});
