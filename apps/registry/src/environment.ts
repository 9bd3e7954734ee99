import type { PublicAddress } from "./authenticate.ts";

/** What the process is told from outside. */
export interface Environment {
  readonly host: string;
  readonly port: number;
  readonly address: PublicAddress;
  readonly allowedHosts: ReadonlySet<string>;
  readonly portalUrl: string;
  readonly workerUrl: string;
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  readonly secretsDirectory: string;
  readonly logLevel: string;
  /** Whether anything can be deleted, by whomever. */
  readonly allowsDeletes: boolean;
  /** How many connections one address may have at once; 0 for any number. */
  readonly connectionsPerAddress: number;
  readonly isDevelopment: boolean;
  /** The process to end with, where one watches over this one. */
  readonly parentPid: number | undefined;
}

/** What is wrong with the environment, in one line. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const wildcards = ["0.0.0.0", "::", ""];

/** Reads the environment. @throws EnvironmentError, which names the variable */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  const host = source.LAYERPORT_HOST || "127.0.0.1";
  const port = readPort(source.LAYERPORT_PORT || "5000");
  const address = readPublicUrl(source.LAYERPORT_PUBLIC_URL || `http://localhost:${port}`);
  const parentPid = Number(source.LAYERPORT_PARENT_PID || Number.NaN);
  return {
    host,
    port,
    address,
    allowedHosts: allowedHosts({ host, port, address, extra: source.LAYERPORT_ALLOWED_HOSTS }),
    portalUrl: readBackendUrl("LAYERPORT_PORTAL_URL", source.LAYERPORT_PORTAL_URL),
    workerUrl: readBackendUrl("LAYERPORT_WORKER_URL", source.LAYERPORT_WORKER_URL),
    databaseUrl: required("DATABASE_URL", source.DATABASE_URL),
    storageDirectory: required("LAYERPORT_STORAGE_DIR", source.LAYERPORT_STORAGE_DIR),
    secretsDirectory: required("LAYERPORT_SECRETS_DIR", source.LAYERPORT_SECRETS_DIR),
    logLevel: readLogLevel(source.LOG_LEVEL || "info"),
    allowsDeletes: readSwitch("LAYERPORT_DELETES", source.LAYERPORT_DELETES || "on"),
    connectionsPerAddress: readCount(
      "LAYERPORT_CONNECTIONS_PER_ADDRESS",
      source.LAYERPORT_CONNECTIONS_PER_ADDRESS || "1000",
    ),
    isDevelopment: source.NODE_ENV === "development",
    parentPid: Number.isSafeInteger(parentPid) && parentPid > 0 ? parentPid : undefined,
  };
}

/** Every `Host` under which the door answers, in lower case; where the port is the protocol's own, without it too. */
export function allowedHosts(from: {
  readonly host: string;
  readonly port: number;
  readonly address: PublicAddress;
  readonly extra?: string | undefined;
}): ReadonlySet<string> {
  const { host, port, address, extra } = from;
  const hosts = new Set<string>();
  const add = (name: string, at: string, standard: string) => {
    hosts.add(`${name}:${at}`.toLowerCase());
    if (at === standard) hosts.add(name.toLowerCase());
  };
  const url = new URL(address.url);
  const standard = url.protocol === "https:" ? "443" : "80";
  add(url.hostname, url.port || standard, standard);
  for (const name of ["localhost", "127.0.0.1", "[::1]"]) add(name, String(port), "80");
  if (!wildcards.includes(host)) add(host.includes(":") ? `[${host}]` : host, String(port), "80");
  for (const name of (extra ?? "").split(",")) {
    if (name.trim() !== "") hosts.add(name.trim().toLowerCase());
  }
  return hosts;
}

function required(name: string, text: string | undefined): string {
  if (text === undefined || text === "") throw new EnvironmentError(`${name} must be set`);
  return text;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new EnvironmentError(`LAYERPORT_PORT must be a number up to 65535, not "${text}"`);
  }
  return port;
}

function readSwitch(name: string, text: string): boolean {
  if (text !== "on" && text !== "off") throw new EnvironmentError(`${name} must be on or off, not "${text}"`);
  return text === "on";
}

function readCount(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new EnvironmentError(`${name} must be a whole number, not "${text}"`);
  return Number(text);
}

function readPublicUrl(text: string): PublicAddress {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== "/" ||
    url.search ||
    url.hash ||
    url.username
  ) {
    throw new EnvironmentError(
      `LAYERPORT_PUBLIC_URL must be a scheme, a host and a port only, as in http://localhost:5000, not "${text}"`,
    );
  }
  return { url: url.origin, host: url.host };
}

function readBackendUrl(name: string, text: string | undefined): string {
  const url = URL.parse(required(name, text));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new EnvironmentError(`${name} must begin with http:// or https://, not "${text}"`);
  }
  return url.origin;
}

function readLogLevel(text: string): string {
  if (!logLevels.includes(text)) throw new EnvironmentError(`LOG_LEVEL must be one of ${logLevels.join(", ")}`);
  return text;
}
