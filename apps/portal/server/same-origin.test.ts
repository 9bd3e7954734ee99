import { describe, expect, it } from "vitest";
import { isFromElsewhere } from "./same-origin.ts";

const own = "https://reg.example.com";
const cookie = "next-auth.session-token=x";

describe("T40 B61 a request that may change something", () => {
  it.each<Record<string, string>>([
    { origin: own, cookie },
    { origin: own, cookie, "sec-fetch-site": "same-origin" },
    { origin: own },
    // A program that is no browser has neither an origin nor anybody's cookie.
    {},
  ])("is taken with %j", (headers) => {
    expect(isFromElsewhere("POST", new Headers(headers), own)).toBe(false);
  });

  it.each<Record<string, string>>([
    { origin: "https://evil.test", cookie },
    { origin: "https://evil.test" },
    { origin: "null", cookie },
    { origin: "https://reg.example.com.evil.test", cookie },
    { origin: "http://reg.example.com", cookie },
    { origin: "https://reg.example.com:8443", cookie },
    { origin: own, cookie, "sec-fetch-site": "cross-site" },
    { origin: own, cookie, "sec-fetch-site": "same-site" },
    { cookie },
  ])("is refused with %j", (headers) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(isFromElsewhere(method, new Headers(headers), own)).toBe(true);
    }
  });

  it("is none that only reads: a link from another site leads here", () => {
    const linked = new Headers({ cookie, "sec-fetch-site": "cross-site" });
    expect(isFromElsewhere("GET", linked, own)).toBe(false);
    expect(isFromElsewhere("HEAD", linked, own)).toBe(false);
  });
});
