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

// Two lists, since in one the IPv6 block of IPv4 addresses would take in every IPv4 address.
const blocked = { 4: new BlockList(), 6: new BlockList() } as const;
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
  blocked[4].addSubnet(network, prefix, "ipv4");
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
  blocked[6].addSubnet(network, prefix, "ipv6");
}

// Where clouds and clusters keep what must not be read from outside, whatever address the name has.
const blockedName = /^(?:metadata|kubernetes)/;

/** Whether this is an IP address of the public internet, as far as can be told from the address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked[4].check(address, "ipv4");
    case 6:
      return !blocked[6].check(address, "ipv6");
    default:
      return false;
  }
}

/** Where connections may go, besides to the public internet. */
export interface ConnectOptions {
  readonly timeoutMs: number;
  /** Everywhere, or to these hosts, whatever addresses they have. */
  readonly allowPrivateAddresses: boolean | readonly string[];
  readonly resolveName?: ResolveName | undefined;
}

/**
 * Connects to public addresses only, but for what is allowed. A name is resolved once, every address of it is checked,
 * and the connection goes to an address that was checked, so a name that changes its address in between gains nothing.
 */
export function makeConnector(options: ConnectOptions): buildConnector.connector {
  const { timeoutMs: timeout, allowPrivateAddresses: allowed, resolveName = systemLookup } = options;
  const connectAnywhere = buildConnector({ timeout, allowH2: false });
  if (allowed === true) return connectAnywhere;
  const allowedHosts = new Set(allowed === false ? [] : allowed.map((host) => host.toLowerCase()));
  const connectChecked = buildConnector({ timeout, allowH2: false, lookup: makeLookup(resolveName) });
  return (target, done) => {
    const name = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
    if (allowedHosts.has(name)) connectAnywhere(target, done);
    // An address needs no look-up, so the look-up would not see it.
    else if (blockedName.test(name) || (isIP(name) !== 0 && !isPublicAddress(name))) done(forbidden(name), null);
    else connectChecked(target, done);
  };
}

function makeLookup(resolveName: ResolveName): LookupFunction {
  return (name, options, done) => {
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
}

function forbidden(name: string): UpstreamError {
  return new UpstreamError("forbidden", `${name} is not a public address`);
}
