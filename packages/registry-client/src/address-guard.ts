import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { UpstreamError } from "./upstream-error.ts";

/** The addresses of a name, as `dns.lookup` with `all` answers them. */
export type ResolveName = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const blocked = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  blocked.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  // The rest of what leads to an IPv4 address in disguise: NAT64 of one's own, Teredo, 6to4.
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  blocked.addSubnet(network, prefix, "ipv6");
}

// Where clouds and clusters keep what must not be read from outside, whatever address the name has.
const blockedName = /^(?:metadata|kubernetes)/;

/** Whether this is an IP address of the public internet, as far as can be told from the address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !blocked.check(address, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Connects to public addresses only. A name is resolved once, every address of it is checked, and the connection goes
 * to an address that was checked, so a name that changes its address in between gains nothing.
 */
export function connectToPublicOnly(
  timeoutMs: number,
  resolveName: ResolveName = systemLookup,
): buildConnector.connector {
  const lookup: LookupFunction = (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        done(error ?? new Error(`${name} has no address`), "");
      } else if (!addresses.every(({ address }) => isPublicAddress(address))) {
        done(forbidden(name), "");
      } else if (options.all) {
        done(null, addresses);
      } else {
        done(null, first.address, first.family);
      }
    });
  };
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup });
  return (options, done) => {
    // An address needs no look-up, so the look-up would not see it.
    const name = options.hostname.replace(/^\[|\]$/g, "").toLowerCase();
    if (blockedName.test(name) || (isIP(name) !== 0 && !isPublicAddress(name))) {
      done(forbidden(name), null);
      return;
    }
    connect(options, done);
  };
}

function forbidden(name: string): UpstreamError {
  return new UpstreamError("forbidden", `${name} is not a public address`);
}
