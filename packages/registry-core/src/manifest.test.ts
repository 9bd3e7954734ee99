import { describe, expect, it } from "vitest";
import { effectiveArtifactType, parseManifest } from "./manifest.ts";
import { mediaTypes } from "./media-type.ts";

type Fields = Readonly<Record<string, unknown>>;

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digest("b"), size: 20 };
const imageFields: Fields = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest: digest("a"), size: 10 },
  layers: [layer],
};
const child = { mediaType: mediaTypes.ociManifest, digest: digest("c"), size: 30 };
const indexFields: Fields = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child] };

const encode = (text: string) => new TextEncoder().encode(text);
const parseText = (text: string, contentType?: string) => parseManifest(encode(text), contentType);
const parse = (fields: Fields, contentType?: string) => parseText(JSON.stringify(fields), contentType);
const image = (change: Fields) => parse({ ...imageFields, ...change });
const index = (change: Fields) => parse({ ...indexFields, ...change });
const withLayer = (change: Fields) => image({ layers: [{ ...layer, ...change }] });
const refusal = (code = "MANIFEST_INVALID", reason = "") =>
  expect.objectContaining({
    code,
    status: 400,
    ...(reason !== "" && { detail: expect.objectContaining({ reason: expect.stringContaining(reason) }) }),
  });

describe("a manifest", () => {
  it("that is an image has a config and layers, in order", () => {
    const second = { ...layer, digest: digest("d"), annotations: { a: "b" } };
    expect(image({ layers: [layer, second] })).toMatchObject({
      kind: "image",
      mediaType: mediaTypes.ociManifest,
      config: imageFields.config,
      layers: [layer, second],
    });
  });

  it("that is an index lists manifests with their platforms", () => {
    const platform = {
      os: "windows",
      architecture: "arm64",
      variant: "v8",
      "os.version": "10.0.1",
      "os.features": ["x"],
    };
    expect(
      index({ manifests: [{ ...child, platform, artifactType: "text/x", annotations: { a: "b" } }] }),
    ).toMatchObject({
      kind: "index",
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          ...child,
          platform: { os: "windows", architecture: "arm64", variant: "v8", osVersion: "10.0.1" },
          artifactType: "text/x",
          annotations: { a: "b" },
        },
      ],
    });
  });

  it("may be Docker's, either kind", () => {
    expect(image({ mediaType: mediaTypes.dockerManifest })).toMatchObject({ kind: "image" });
    expect(index({ mediaType: mediaTypes.dockerManifestList })).toMatchObject({ kind: "index" });
  });

  it("may be empty: an image without layers, an index without manifests", () => {
    expect(image({ layers: [] })).toMatchObject({ layers: [] });
    expect(index({ manifests: [] })).toMatchObject({ manifests: [] });
    // What Go makes of an empty list and an empty map.
    expect(image({ layers: null, annotations: null })).toMatchObject({ layers: [], annotations: undefined });
    expect(index({ manifests: null })).toMatchObject({ manifests: [] });
  });

  it("has a subject, a type of artifact and annotations, either kind", () => {
    const common = { subject: child, artifactType: "application/spdx+json", annotations: { a: "" } };
    expect(image(common)).toMatchObject(common);
    expect(index(common)).toMatchObject(common);
    const plain = image({});
    expect([plain.subject, plain.artifactType, plain.annotations]).toEqual([undefined, undefined, undefined]);
  });

  it("may have fields that nobody knows, at any depth", () => {
    const unknown = { "x-a": [1.5, { b: null }], fsLayers: [], signatures: [] };
    expect(image({ ...unknown, layers: [{ ...layer, ...unknown, data: "e30=" }] })).toMatchObject({ layers: [layer] });
  });

  it("B34: may name foreign layers, whose addresses are only kept", () => {
    const urls = ["http://127.0.0.1/x", "not a url"];
    expect(withLayer({ urls })).toMatchObject({ layers: [{ urls }] });
  });

  it("that names parts by sha512 is read", () => {
    const named = `sha512:${"a".repeat(128)}`;
    expect(withLayer({ digest: named })).toMatchObject({ layers: [{ digest: named }] });
  });

  it("B27: keeps annotations named __proto__ and constructor as plain data", () => {
    const text = JSON.stringify({ ...imageFields, annotations: { constructor: "c" } }).replace(
      '{"constructor"',
      '{"__proto__":"p","constructor"',
    );
    const { annotations } = parseText(text);
    expect(Object.entries(annotations ?? {})).toEqual([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
    expect(({} as Fields).p).toBeUndefined();
  });

  it("B27: takes a key __proto__ for no field of its own", () => {
    const { layers: _, ...rest } = imageFields;
    const text = JSON.stringify(rest).replace("{", '{"__proto__":{"layers":[]},');
    expect(() => parseText(text)).toThrow(refusal());
  });
});

describe("the media type of a manifest", () => {
  const { mediaType: _, ...untyped } = imageFields;

  it("is what it says or what it was sent with, one of which is enough", () => {
    expect(parse(imageFields).mediaType).toBe(mediaTypes.ociManifest);
    expect(parse(untyped, mediaTypes.ociManifest).mediaType).toBe(mediaTypes.ociManifest);
    expect(parse(untyped, mediaTypes.dockerManifest).mediaType).toBe(mediaTypes.dockerManifest);
    expect(parse(imageFields, ` ${mediaTypes.ociManifest.toUpperCase()} ; charset=utf-8`).mediaType).toBe(
      mediaTypes.ociManifest,
    );
  });

  it("T01 B28: is refused when it says one and was sent with another (MANIFEST_INVALID)", () => {
    for (const other of [mediaTypes.dockerManifest, mediaTypes.ociIndex, "application/json", "text/plain", "*/*"]) {
      expect(() => parse(imageFields, other)).toThrow(refusal());
    }
  });

  it("B28: is refused when neither is given, or it is none of a manifest (MANIFEST_INVALID)", () => {
    for (const contentType of [undefined, "", " ; charset=utf-8", "application/json", mediaTypes.ociConfig]) {
      expect(() => parse(untyped, contentType)).toThrow(refusal());
    }
    for (const mediaType of ["", "application/json", mediaTypes.ociManifest.toUpperCase(), 7, null, []]) {
      expect(() => image({ mediaType })).toThrow(refusal());
    }
  });

  it("T01 B28: is refused with fields of the other kind (MANIFEST_INVALID)", () => {
    const both = { ...indexFields, layers: [], config: {} };
    expect(() => parse(both)).toThrow(refusal());
    expect(() => parse(both, mediaTypes.ociManifest)).toThrow(refusal());
    for (const extra of [{ layers: [] }, { config: null }, { layers: null }])
      expect(() => index(extra)).toThrow(refusal());
    for (const manifests of [[], null, {}]) expect(() => image({ manifests })).toThrow(refusal());
  });

  it("B30: of Docker schema 1 is refused by that name (MANIFEST_INVALID)", () => {
    const schema1 = { schemaVersion: 1, name: "a/b", tag: "latest", fsLayers: [], history: [], signatures: [] };
    for (const contentType of [
      "application/vnd.docker.distribution.manifest.v1+prettyjws",
      "application/vnd.docker.distribution.manifest.v1+json",
      mediaTypes.dockerManifest,
    ]) {
      expect(() => parse(schema1, contentType)).toThrow(refusal("MANIFEST_INVALID", "schema 1 unsupported"));
    }
    for (const schemaVersion of [undefined, null, "2", 1, 3]) expect(() => image({ schemaVersion })).toThrow(refusal());
  });
});

describe("a manifest that two readers could read differently", () => {
  it("B25: is no manifest when it is no object (MANIFEST_INVALID)", () => {
    for (const text of ["", "[]", "null", "1", '"image"', "image", `\ufeff${JSON.stringify(imageFields)}`]) {
      expect(() => parseText(text, mediaTypes.ociManifest)).toThrow(refusal());
    }
    expect(() => parseText(`${JSON.stringify(imageFields)}x`)).toThrow(refusal());
  });

  it("T02 B27: is refused for a key that it has twice (MANIFEST_INVALID)", () => {
    for (const key of ["schemaVersion", "mediaType", "config", "layers"]) {
      const text = JSON.stringify(imageFields).replace("{", `{"${key}":${JSON.stringify(imageFields[key])},`);
      expect(() => parseText(text)).toThrow(refusal("MANIFEST_INVALID", "duplicate"));
    }
  });

  // The long s and the Kelvin sign are an s and a k to a reader that folds case as Go does.
  const odd = ["Layers", "LAYERS", "layerS", "layer\u017f", "MediaType", "Config", "Manifests", "\u017fubject"];
  it.each(odd)("T02 B27: is refused for the key %s (MANIFEST_INVALID)", (key) => {
    expect(() => image({ [key]: [] })).toThrow(refusal("MANIFEST_INVALID", "write "));
  });

  it("T02: is refused for such a key in a descriptor or a platform, and not in annotations", () => {
    for (const key of ["Digest", "SIZE", "\u017fize", "Urls", "Data", "ArtifactType"]) {
      expect(() => withLayer({ [key]: 1 })).toThrow(refusal("MANIFEST_INVALID", "write "));
      expect(() => index({ manifests: [{ ...child, [key]: 1 }] })).toThrow(refusal("MANIFEST_INVALID", "write "));
      expect(() => image({ subject: { ...child, [key]: 1 } })).toThrow(refusal("MANIFEST_INVALID", "write "));
    }
    for (const key of ["OS", "Os.Version", "Architecture", "o\u017f"]) {
      const platform = { os: "linux", architecture: "amd64", [key]: "x" };
      expect(() => index({ manifests: [{ ...child, platform }] })).toThrow(refusal("MANIFEST_INVALID", "write "));
    }
    const annotations = { Layers: "1", layers: "2", "\u017fize": "3" };
    expect(image({ annotations })).toMatchObject({ annotations });
    expect(withLayer({ annotations })).toMatchObject({ layers: [{ annotations }] });
  });

  it("T02 B29: is refused for a size that is no integer from 0 to 2^53 - 1 (MANIFEST_INVALID)", () => {
    for (const size of ["-1", "1.5", "9007199254740992", "9007199254740993", "1e400", "1e16", '"20"', "null", "[]"]) {
      const text = JSON.stringify(imageFields).replace('"size":20', `"size":${size}`);
      expect(text).toContain(`"size":${size}`);
      expect(() => parseText(text)).toThrow(refusal());
    }
    expect(() => withLayer({ size: undefined })).toThrow(refusal());
    expect(withLayer({ size: Number.MAX_SAFE_INTEGER })).toBeDefined();
    expect(withLayer({ size: 0 })).toBeDefined();
  });

  it("T03: is refused for a malformed digest, wherever it stands (DIGEST_INVALID)", () => {
    for (const bad of ["sha256:../../x", "", digest("A"), `sha512:${"a".repeat(64)}`, `md5:${"a".repeat(32)}`]) {
      const part = { ...layer, digest: bad };
      expect(() => image({ config: part })).toThrow(refusal("DIGEST_INVALID"));
      expect(() => image({ layers: [layer, part] })).toThrow(refusal("DIGEST_INVALID"));
      expect(() => image({ subject: part })).toThrow(refusal("DIGEST_INVALID"));
      expect(() => index({ manifests: [part] })).toThrow(refusal("DIGEST_INVALID"));
    }
    for (const bad of [undefined, null, 7, [digest("a")]]) expect(() => withLayer({ digest: bad })).toThrow(refusal());
  });

  const misshapen: Readonly<Record<string, Fields>> = {
    "a config that is none": { config: undefined },
    "a config that is null": { config: null },
    "a config that is a list": { config: [layer] },
    "layers that are missing": { layers: undefined },
    "layers that are an object": { layers: { 0: layer } },
    "a layer that is text": { layers: [digest("a")] },
    "a layer that is null": { layers: [null] },
    "a layer without media type": { layers: [{ ...layer, mediaType: undefined }] },
    "a layer with an empty media type": { layers: [{ ...layer, mediaType: "" }] },
    "addresses that are no list": { layers: [{ ...layer, urls: "http://x" }] },
    "addresses that are no text": { layers: [{ ...layer, urls: [1] }] },
    "a platform that is text": { layers: [{ ...layer, platform: "linux/amd64" }] },
    "an os that is no text": { layers: [{ ...layer, platform: { os: 1, architecture: "amd64" } }] },
    "a subject that is text": { subject: digest("a") },
    "a type of artifact that is no text": { artifactType: ["a"] },
    "annotations that are a list": { annotations: ["a"] },
    "an annotation that is no text": { annotations: { a: 1 } },
    "an annotation of a layer that is null": { layers: [{ ...layer, annotations: { a: null } }] },
  };
  it.each(Object.entries(misshapen))("is refused for %s (MANIFEST_INVALID)", (_, change) => {
    expect(() => image(change)).toThrow(refusal());
  });

  it("B33: may list 1,000 manifests, and not 1,001 (MANIFEST_INVALID)", () => {
    expect(index({ manifests: Array(1000).fill(child) })).toMatchObject({ kind: "index" });
    expect(() => index({ manifests: Array(1001).fill(child) })).toThrow(refusal("MANIFEST_INVALID", "1000"));
  });

  it("repeats no more than 200 characters of what was sent", () => {
    const long = "x".repeat(100_000);
    for (const run of [
      () => image({ mediaType: long }),
      () => parse(imageFields, long),
      () => withLayer({ digest: long }),
      () => image({ [`mediaTyp\u0065${long}`]: 1, Layers: 1 }),
    ]) {
      const error = thrownBy(run);
      expect(JSON.stringify(error).length).toBeLessThan(1000);
    }
  });
});

describe("the type of an artifact", () => {
  it("is what the manifest says, or the media type of its config, or for an index none", () => {
    expect(effectiveArtifactType(image({ artifactType: "text/x" }))).toBe("text/x");
    expect(effectiveArtifactType(image({ artifactType: "" }))).toBe(mediaTypes.ociConfig);
    expect(effectiveArtifactType(image({}))).toBe(mediaTypes.ociConfig);
    expect(effectiveArtifactType(index({ artifactType: "text/x" }))).toBe("text/x");
    expect(effectiveArtifactType(index({}))).toBeUndefined();
  });
});

function thrownBy(run: () => unknown): { readonly code: unknown; readonly detail: unknown } {
  try {
    run();
  } catch (error) {
    return error as { readonly code: unknown; readonly detail: unknown };
  }
  throw new Error("nothing was refused");
}
