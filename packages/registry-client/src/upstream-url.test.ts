import { describe, expect, it } from "vitest";
import { parseLocation, parseRealm, parseRegistryUrl } from "./upstream-url.ts";

describe("the address of a registry", () => {
  it.each(["https://registry.example", "http://localhost:5000", "https://registry.example/"])("may be %s", (text) => {
    expect(parseRegistryUrl(text).pathname).toBe("/");
  });

  it.each([
    "",
    "registry.example",
    "gopher://registry.example",
    "file:///etc/passwd",
    "https://user@registry.example",
    "https://user:secret@registry.example",
    "https://registry.example/v2",
    "https://registry.example/?a=b",
    "javascript:alert(1)",
  ])("T31: may not be %s", (text) => {
    expect(() => parseRegistryUrl(text)).toThrow(expect.objectContaining({ failure: "forbidden" }));
  });
});

describe("where an answer sends us on to", () => {
  const from = new URL("https://registry.example/v2/a/blobs/uploads/");

  it("is read against the address that was asked", () => {
    expect(parseLocation("/v2/a/blobs/uploads/1?state=x", from).href).toBe(
      "https://registry.example/v2/a/blobs/uploads/1?state=x",
    );
    expect(parseLocation("1", from).href).toBe("https://registry.example/v2/a/blobs/uploads/1");
    expect(parseLocation("https://cdn.example/b?sig=%2B#x", from).href).toBe("https://cdn.example/b?sig=%2B");
  });

  it.each(["http://registry.example/a", "ftp://x/", "file:///etc/passwd", "https://user@cdn.example/"])(
    "T30: is not followed to %s",
    (location) => {
      expect(() => parseLocation(location, from)).toThrow(expect.objectContaining({ failure: "forbidden" }));
    },
  );
});

describe("T29: a realm", () => {
  it.each([
    ["https://registry.example", "https://registry.example/token"],
    ["https://registry.example", "https://registry.example:8443/token"],
    ["https://registry-1.docker.io", "https://auth.docker.io/token"],
    ["https://registry.acme.co.uk", "https://auth.acme.co.uk/token"],
    ["https://127.0.0.1:5000", "https://127.0.0.1:5001/token"],
    ["http://localhost:5000", "http://localhost:5000/token"],
    ["http://registry.example", "https://registry.example/token"],
    ["https://registry.example", "https://issuer.test/token"],
    ["https://registry.example", "https://other.test:8443/token"],
    ["http://registry.example", "http://issuer.test/token"],
  ])("of %s may be %s", (registry, realm) => {
    expect(parseRealm(realm, new URL(registry), ["issuer.test", "other.test:8443"]).href).toBe(realm);
  });

  it.each([
    ["https://registry.example", "https://evil.test/t"],
    ["https://registry.example", "https://registry.example.evil.test/t"],
    ["https://registry.example", "http://registry.example/t"],
    ["http://registry.acme.test", "http://auth.acme.test/t"],
    ["https://acme.co.uk", "https://evil.co.uk/t"],
    ["https://acme.github.io", "https://evil.github.io/t"],
    ["https://10.0.0.1", "https://10.0.0.2/t"],
    ["https://[2001:db8::1]", "https://[2001:db8::2]/t"],
    ["https://localhost", "https://evil.localhost/t"],
    ["https://registry.example", "https://issuer.test@evil.test/t"],
    ["https://registry.example", "https://other.test/t"],
    ["https://registry.example", "http://issuer.test/t"],
    ["https://registry.example", "file:///t"],
    ["https://registry.example", "/token"],
    ["https://registry.example", ""],
  ])("of %s may not be %s", (registry, realm) => {
    const parse = () => parseRealm(realm, new URL(registry), ["issuer.test", "other.test:8443"]);
    expect(parse).toThrow(expect.objectContaining({ failure: "forbidden" }));
  });
});
