import { bytes, digestOf } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { type Endpoint, maximumTagsPerPush, parseEndpoint } from "./endpoint.ts";
import { parseRequestTarget } from "./request-target.ts";

const digest = digestOf(bytes("some bytes"));
const upload = "01234567-89ab-cdef-0123-456789abcdef";

function parse(method: string, target: string): Endpoint {
  return parseEndpoint(method, parseRequestTarget(target));
}

function refusal(code: string, status: number) {
  return expect.objectContaining({ code, status });
}

describe("parseEndpoint", () => {
  it.each<[string, string, Partial<Record<string, unknown>>]>([
    ["GET", "/v2/", { id: "end-1" }],
    ["GET", "/v2", { id: "end-1" }],
    ["HEAD", `/v2/acme/team/api/blobs/${digest}`, { id: "end-2", repository: "acme/team/api", digest }],
    ["GET", "/v2/acme/api/manifests/v1", { id: "end-3", reference: { kind: "tag", tag: "v1" } }],
    ["GET", `/v2/acme/api/manifests/${digest}`, { id: "end-3", reference: { kind: "digest", digest } }],
    ["POST", "/v2/acme/api/blobs/uploads/", { id: "end-4a", repository: "acme/api" }],
    ["POST", "/v2/acme/api/blobs/uploads", { id: "end-4a", repository: "acme/api" }],
    ["POST", `/v2/acme/api/blobs/uploads/?digest=${digest}`, { id: "end-4b", digest }],
    ["POST", "/v2/acme/api/blobs/uploads/?digest-algorithm=sha512", { id: "end-4c", algorithm: "sha512" }],
    ["PATCH", `/v2/acme/api/blobs/uploads/${upload}`, { id: "end-5", upload }],
    ["PUT", `/v2/acme/api/blobs/uploads/${upload}?digest=${encodeURIComponent(digest)}`, { id: "end-6", digest }],
    ["PUT", "/v2/acme/api/manifests/v1", { id: "end-7a", tags: ["v1"] }],
    ["PUT", `/v2/acme/api/manifests/${digest}?tag=a&tag=b&tag=a`, { id: "end-7b", tags: ["a", "b"] }],
    ["GET", "/v2/acme/api/tags/list", { id: "end-8a", list: { limit: undefined, after: undefined } }],
    ["GET", "/v2/acme/api/tags/list?n=5&last=v1", { id: "end-8b", list: { limit: 5, after: "v1" } }],
    ["DELETE", "/v2/acme/api/manifests/v1", { id: "end-9" }],
    ["DELETE", `/v2/acme/api/blobs/${digest}`, { id: "end-10" }],
    ["POST", `/v2/acme/api/blobs/uploads/?mount=${digest}&from=acme/base`, { id: "end-11", from: "acme/base" }],
    ["POST", `/v2/acme/api/blobs/uploads/?mount=${digest}`, { id: "end-11", from: undefined }],
    ["GET", `/v2/acme/api/referrers/${digest}`, { id: "end-12a", artifactType: undefined }],
    ["GET", `/v2/acme/api/referrers/${digest}?artifactType=a/b%2Bc`, { id: "end-12b", artifactType: "a/b+c" }],
    ["GET", `/v2/acme/api/blobs/uploads/${upload}`, { id: "end-13", upload }],
    ["DELETE", `/v2/acme/api/blobs/uploads/${upload}`, { id: "end-14", upload }],
    ["GET", "/v2/_catalog?n=3", { id: "catalog" }],
  ])("reads %s %s", (method, target, expected) => {
    expect(parse(method, target)).toMatchObject(expected);
  });

  it("T06 reads a name that contains the API's own words from the end of the path", () => {
    expect(parse("GET", "/v2/acme/blobs/uploads/manifests/tags/list")).toMatchObject({
      id: "end-8a",
      repository: "acme/blobs/uploads/manifests",
    });
    expect(parse("GET", `/v2/acme/manifests/x/blobs/${digest}`)).toMatchObject({
      id: "end-2",
      repository: "acme/manifests/x",
    });
    expect(parse("GET", "/v2/acme/tags/manifests/list")).toMatchObject({ id: "end-3", repository: "acme/tags" });
  });

  it("takes a digest whose colon is escaped, as some clients write it", () => {
    expect(parse("GET", `/v2/acme/api/blobs/${digest.replace(":", "%3A")}`)).toMatchObject({ digest });
  });

  it.each(["Alice/App", "-a/b", "a/b.", "a..b", "a___b", "caf%c3%a9", "x".repeat(256), "a%2520b"])(
    "B5 refuses the name %s (400 NAME_INVALID)",
    (name) => {
      expect(() => parse("GET", `/v2/${name}/tags/list`)).toThrow(refusal("NAME_INVALID", 400));
    },
  );

  it.each(["x".repeat(129), ".tag", "-tag", "a/b", "tag%0a", "%252e%252e"])(
    "B6 refuses the tag %s on PUT (400 MANIFEST_INVALID) and does not know it on GET (404 MANIFEST_UNKNOWN)",
    (tag) => {
      expect(() => parse("PUT", `/v2/acme/api/manifests/${tag}`)).toThrow(refusal("MANIFEST_INVALID", 400));
      expect(() => parse("GET", `/v2/acme/api/manifests/${tag}`)).toThrow(refusal("MANIFEST_UNKNOWN", 404));
    },
  );

  it.each([
    "sha256:baddigeststring",
    `sha256:${"A".repeat(64)}`,
    `sha512:${"a".repeat(64)}`,
    `md5:${"a".repeat(32)}`,
    "sha256:..a",
    "sha256:",
  ])("T03 B21 B22 B37 B46 B56 refuses the digest %s in every position (400 DIGEST_INVALID)", (bad) => {
    const invalid = refusal("DIGEST_INVALID", 400);
    expect(() => parse("GET", `/v2/acme/api/manifests/${bad}`)).toThrow(invalid);
    expect(() => parse("PUT", `/v2/acme/api/manifests/${bad}`)).toThrow(invalid);
    expect(() => parse("GET", `/v2/acme/api/blobs/${bad}`)).toThrow(invalid);
    expect(() => parse("GET", `/v2/acme/api/referrers/${bad}`)).toThrow(invalid);
    expect(() => parse("POST", `/v2/acme/api/blobs/uploads/?digest=${bad}`)).toThrow(invalid);
    expect(() => parse("POST", `/v2/acme/api/blobs/uploads/?mount=${bad}&from=acme/base`)).toThrow(invalid);
    expect(() => parse("PUT", `/v2/acme/api/blobs/uploads/${upload}?digest=${bad}`)).toThrow(invalid);
  });

  it("refuses the end of an upload without a digest (400 DIGEST_INVALID)", () => {
    expect(() => parse("PUT", `/v2/acme/api/blobs/uploads/${upload}`)).toThrow(refusal("DIGEST_INVALID", 400));
  });

  it("B38 refuses digest-algorithm=md5 (400 DIGEST_INVALID)", () => {
    expect(() => parse("POST", "/v2/acme/api/blobs/uploads/?digest-algorithm=md5")).toThrow(
      refusal("DIGEST_INVALID", 400),
    );
  });

  it("T03 refuses a digest in a query that is a path in disguise (400 DIGEST_INVALID)", () => {
    const disguised = "sha256:..%2f..%2fx";
    expect(() => parse("POST", `/v2/acme/api/blobs/uploads/?mount=${disguised}`)).toThrow(
      refusal("DIGEST_INVALID", 400),
    );
  });

  it("B41 does not know an upload whose id is none of ours (404 BLOB_UPLOAD_UNKNOWN)", () => {
    for (const id of ["x", "..a", `${upload}0`, upload.toUpperCase()]) {
      expect(() => parse("PATCH", `/v2/acme/api/blobs/uploads/${id}`)).toThrow(refusal("BLOB_UPLOAD_UNKNOWN", 404));
    }
  });

  it("B36 refuses a malformed tag among several (400 MANIFEST_INVALID) and more than a push may set (414)", () => {
    const path = `/v2/acme/api/manifests/${digest}`;
    const many = Array.from({ length: maximumTagsPerPush + 1 }, (_, at) => `tag=t${at}`).join("&");
    expect(() => parse("PUT", `${path}?tag=a&tag=../b`)).toThrow(refusal("MANIFEST_INVALID", 400));
    expect(() => parse("PUT", `${path}?${many}`)).toThrow(refusal("UNSUPPORTED", 414));
  });

  it.each([
    ["POST", "/v2/", "GET, HEAD"],
    ["PUT", `/v2/acme/api/blobs/${digest}`, "GET, HEAD, DELETE"],
    ["PATCH", "/v2/acme/api/manifests/v1", "GET, HEAD, PUT, DELETE"],
    ["GET", "/v2/acme/api/blobs/uploads/", "POST"],
    ["POST", `/v2/acme/api/blobs/uploads/${upload}`, "GET, HEAD, PATCH, PUT, DELETE"],
    ["DELETE", "/v2/acme/api/tags/list", "GET, HEAD"],
    ["OPTIONS", "/v2/_catalog", "GET, HEAD"],
  ])("B12 refuses %s of %s (405 UNSUPPORTED) and says what is possible", (method, target, allowed) => {
    expect(() => parse(method, target)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", status: 405, detail: { method, allowed } }),
    );
  });

  it.each(["/v2/acme", "/v2/acme/api/unknown/x", "/v2/tags/list", "/v2/_catalog/x", "/v2/manifests/x"])(
    "does not know %s (404 NAME_UNKNOWN)",
    (target) => {
      expect(() => parse("GET", target)).toThrow(refusal("NAME_UNKNOWN", 404));
    },
  );
});
