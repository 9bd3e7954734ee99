import { isIP } from "node:net";
import { shorten } from "@layerport/registry-core";
import { getDomain } from "tldts";
import { UpstreamError } from "./upstream-error.ts";

/** The address of a registry: a scheme, a host, perhaps a port. @throws UpstreamError for anything more or else */
export function parseRegistryUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !isWeb(url) || hasCredentials(url) || url.hostname === "") {
    throw new UpstreamError("forbidden", "the address of a registry is http:// or https:// and a host");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new UpstreamError("forbidden", "the address of a registry has no path");
  }
  return url;
}

/**
 * Where an answer sends us on to. Never from https to http, and never to an address that carries a password.
 * @throws UpstreamError
 */
export function parseLocation(location: string, from: URL): URL {
  const url = location.length > 8192 ? null : URL.parse(location, from.href);
  if (url === null) {
    throw new UpstreamError("untrustworthy", `${from.host} answered with a Location that is no address`);
  }
  const isDowngrade = from.protocol === "https:" && url.protocol !== "https:";
  if (!isWeb(url) || hasCredentials(url) || isDowngrade) {
    throw new UpstreamError("forbidden", `${from.host} sent us on to where we must not go: ${shorten(url.origin)}`);
  }
  url.hash = "";
  return url;
}

/**
 * Reads the realm of a challenge: the place that credentials go to. It is https, and the registry's own host, or one of
 * the same registrable domain, or one of `realmHosts`. Plain http is for the registry's own host or one of `realmHosts`
 * where the registry itself is spoken to in plain http.
 * @throws UpstreamError
 */
export function parseRealm(text: string, registry: URL, realmHosts: readonly string[]): URL {
  const url = URL.parse(text);
  if (url === null || !isWeb(url) || hasCredentials(url)) throw untrusted(registry);
  const isNamed = realmHosts.some((host) => [url.host, url.hostname].includes(host.toLowerCase()));
  const isOwn = url.hostname === registry.hostname;
  const mayBePlain = registry.protocol === "http:" && (isOwn || isNamed);
  if (url.protocol !== "https:" && !mayBePlain) throw untrusted(registry);
  if (!isOwn && !isNamed && !isSameDomain(url.hostname, registry.hostname)) throw untrusted(registry);
  return url;
}

function isSameDomain(one: string, other: string): boolean {
  const isAddress = (name: string) => isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  if (isAddress(one) || isAddress(other)) return false;
  // A suffix under which strangers get names, `github.io` say, is no domain of anybody. `localhost` has none.
  const domain = getDomain(one, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}

function isWeb(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "http:";
}

function hasCredentials(url: URL): boolean {
  return url.username !== "" || url.password !== "";
}

function untrusted(registry: URL): UpstreamError {
  return new UpstreamError("forbidden", `${registry.host} asks for credentials on a host that it may not name`);
}
