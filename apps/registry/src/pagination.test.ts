import { describe, expect, it } from "vitest";
import { linkHeader, maximumPageSize, pageRequest, parseListQuery } from "./pagination.ts";

const parse = (query: string) => parseListQuery(query, (text) => text);

describe("parseListQuery", () => {
  it("B53 takes n=0, which asks for nothing", () => {
    expect(parse("n=0")).toEqual({ limit: 0, after: undefined });
  });

  it.each(["n=-1", "n=abc", "n=1.5", "n=", "n=1e3", "n=0x10"])("B54 refuses %s (400 UNSUPPORTED)", (query) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: "UNSUPPORTED", status: 400 }));
  });

  it("B54 T07 cuts a huge n to the largest page", () => {
    expect(parse("n=1000000000").limit).toBe(maximumPageSize);
    expect(parse("n=999999999999999999").limit).toBe(maximumPageSize);
  });

  it("B54 refuses a last of 10 KB (400 UNSUPPORTED) and takes one that is unknown", () => {
    expect(() => parse(`last=${"x".repeat(10_000)}`)).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", status: 400 }),
    );
    expect(parse("last=nothing-like-this").after).toBe("nothing-like-this");
  });

  it("leaves the limit to the registry where the client names none", () => {
    expect(pageRequest(parse(""), 50)).toEqual({ limit: 50, after: undefined });
    expect(pageRequest(parse("n=5&last=a"), 50)).toEqual({ limit: 5, after: "a" });
  });
});

describe("linkHeader", () => {
  it("escapes what it repeats and leaves out what is absent", () => {
    expect(linkHeader("/v2/a/tags/list", { n: "5", artifactType: undefined, last: "a&b" })).toEqual([
      "Link",
      '</v2/a/tags/list?n=5&last=a%26b>; rel="next"',
    ]);
  });
});
