import { describe, expect, it } from "vitest";
import { decodeOnce, parseRequestTarget, queryValue, queryValues } from "./request-target.ts";

describe("parseRequestTarget", () => {
  it.each([
    ["/v2/../../etc/passwd"],
    ["/v2/./alice/app/tags/list"],
    ["/v2/alice/.."],
    ["/v2/alice/app/%2e%2e/%2e%2e/bob/secret/manifests/latest"],
    ["/v2/alice/app/%2E%2E/x"],
    ["/v2/alice%2fapp/manifests/latest"],
    ["/v2/alice%2Fapp/manifests/latest"],
    ["/v2/alice\\app/manifests/latest"],
    ["/v2/alice%5capp/manifests/latest"],
    ["/v2//alice/app/manifests/latest"],
    ["//v2/alice"],
    ["/v2/a%00b/tags/list"],
    ["/v2/a\u0000b/tags/list"],
    ["/v2/a\u007fb/tags/list"],
  ])("T05 B1 B2 B3 B4 refuses %s (NAME_INVALID)", (target) => {
    expect(() => parseRequestTarget(target)).toThrow(expect.objectContaining({ code: "NAME_INVALID", status: 400 }));
  });

  it("T05 takes a tag such as 1..2, whose dots are no segment", () => {
    expect(parseRequestTarget("/v2/a/manifests/1..2").path).toBe("/v2/a/manifests/1..2");
  });

  it("does not look into the query, where slashes and dots are plain text", () => {
    expect(parseRequestTarget("/sign-in?callback=//a/../b%2f")).toEqual({
      path: "/sign-in",
      query: "callback=//a/../b%2f",
    });
  });
});

describe("decodeOnce", () => {
  it("decodes once, so that an escaped escape stays one", () => {
    expect(decodeOnce("a%252e")).toBe("a%2e");
  });

  it.each(["%", "%zz", "%e0%a4"])("refuses the malformed escape %s (NAME_INVALID)", (text) => {
    expect(() => decodeOnce(text)).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
  });
});

describe("queryValues", () => {
  it("answers every value in order, decoded, with + as itself", () => {
    const query = "tag=a&n=1&tag=b&artifactType=application/vnd.example%2Bjson&x=a+b&flag";
    expect(queryValues(query, "tag")).toEqual(["a", "b"]);
    expect(queryValue(query, "artifactType")).toBe("application/vnd.example+json");
    expect(queryValue(query, "x")).toBe("a+b");
    expect(queryValue(query, "flag")).toBe("");
    expect(queryValue(query, "missing")).toBeUndefined();
  });
});
