import { image } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { isPublicAddress, type ResolveName } from "./address-guard.ts";
import { openRegistryClient } from "./registry-client.ts";
import { latest, openTestClient, repository, startUpstream } from "./test-upstream.ts";

const fixture = image();

describe("T31: an address", () => {
  it.each([
    ["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1"],
    ["172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "240.0.0.1"],
    ["255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "fc00::1", "fd12::1"],
    ["fe80::1", "febf::1", "ff02::1", "2002:7f00:1::", "localhost", ""],
  ])("of this machine, its network or nobody is not public (%s …)", (...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it("of the internet is public", () => {
    const addresses = [
      "1.1.1.1",
      "100.63.255.255",
      "100.128.0.1",
      "172.15.0.1",
      "172.32.0.1",
      "198.17.0.1",
      "2606:4700::1111",
    ];
    expect(addresses.filter(isPublicAddress)).toEqual(addresses);
  });
});

/** Names of the test, and the addresses that they have at each look-up. */
function resolving(names: Readonly<Record<string, readonly (readonly string[])[]>>): ResolveName {
  const asked = new Map<string, number>();
  return (name, _options, done) => {
    const count = asked.get(name) ?? 0;
    asked.set(name, count + 1);
    const answers = names[name] ?? [];
    const addresses = answers[Math.min(count, answers.length - 1)] ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
}

describe("T31: without leave to go to private addresses, not a packet goes to", () => {
  it.each([
    "http://127.0.0.1:PORT",
    "http://127.1:PORT",
    "http://2130706433:PORT",
    "http://0x7f.1:PORT",
    "http://[::ffff:127.0.0.1]:PORT",
    "http://[64:ff9b::7f00:1]:PORT",
    "http://[::1]:PORT",
    "http://localhost:PORT",
    "http://localhost.:PORT",
    "http://169.254.169.254",
    "http://loopback.test:PORT",
    "http://mixed.test:PORT",
    "http://metadata.google.internal:PORT",
    "http://kubernetes.default.svc:PORT",
  ])("%s", async (text) => {
    const upstream = await startUpstream((_request, response) => response.end(fixture.content));
    const names = {
      localhost: [["127.0.0.1", "::1"]],
      "localhost.": [["127.0.0.1"]],
      "loopback.test": [["127.0.0.1"]],
      "mixed.test": [["1.1.1.1", "127.0.0.1"]],
      "metadata.google.internal": [["1.1.1.1"]],
      "kubernetes.default.svc": [["1.1.1.1"]],
    };
    const url = text.replace("PORT", String(upstream.port));
    const client = openTestClient(url, { allowPrivateAddresses: false, resolveName: resolving(names) });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "forbidden" });
    expect(upstream.connections()).toBe(0);
  });

  it.each(["https://user@127.0.0.1", "gopher://127.0.0.1", "file:///etc/passwd"])("%s", (url) => {
    expect(() => openRegistryClient({ url })).toThrow(expect.objectContaining({ failure: "forbidden" }));
  });

  it("a name whose address changes after it was checked: the connection goes to the checked address", async () => {
    const upstream = await startUpstream((_request, response) => response.end(fixture.content));
    // 192.0.2.0/24 is for documentation: nobody answers there.
    const names = { "rebinding.test": [["192.0.2.1"], ["127.0.0.1"]] };
    const client = openTestClient(`http://rebinding.test:${upstream.port}`, {
      allowPrivateAddresses: false,
      resolveName: resolving(names),
      fetchLimits: { connectTimeoutMs: 300, attempts: 1 },
    });
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "unreachable" });
    expect(upstream.connections()).toBe(0);
    await expect(client.getManifest(repository, latest)).rejects.toMatchObject({ failure: "forbidden" });
    expect(upstream.connections()).toBe(0);
  });
});
