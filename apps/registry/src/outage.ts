// SQLSTATE classes that say Postgres is not able rather than the statement wrong: connection, a server that only
// reads, resources, timeouts of locks, statements and transactions, operator intervention, system and internal errors,
// and what a retry could not settle.
const unable = /^(?:08|25006|25P03|25P04|40|53|55P03|57|58|XX)/;
const outOfDisk = new Set(["53100", "ENOSPC", "EDQUOT", "OUT_OF_SPACE"]);
const network = [
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
];
// Of descriptors, memory and the volume.
const machine = ["EMFILE", "ENFILE", "ENOMEM", "EACCES", "EBUSY", "EIO", "ENODEV", "ENXIO", "EPERM", "EROFS", "ESTALE"];
// Prisma: unreachable, timed out, closed; no connection or transaction in time; a conflict that retries did not settle;
// too many connections.
const prisma = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034", "P2037"];
const outages = new Set([...network, ...machine, ...prisma, "VOLUME_BAD"]);
const broken =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered|after calling end on the pool|timeout expired/;

/** The status of an error that came from Postgres, storage or the network, or `undefined` for any other error. */
export function outageStatus(error: unknown): 503 | 507 | undefined {
  let isOutage = false;
  for (let link = error, depth = 0; typeof link === "object" && link !== null && depth < 8; depth += 1) {
    const codes = [textOf(link, "code"), textOf(link, "originalCode")];
    if (codes.some((code) => outOfDisk.has(code))) return 507;
    isOutage ||= codes.some((code) => outages.has(code) || (code.length === 5 && unable.test(code)));
    isOutage ||= broken.test(textOf(link, "message"));
    link = causeOf(link);
  }
  return isOutage ? 503 : undefined;
}

/** What is behind an error. Prisma keeps what its driver said beside the cause. */
function causeOf(error: object): unknown {
  if ("cause" in error && error.cause !== undefined) return error.cause;
  const { meta } = error as { readonly meta?: { readonly driverAdapterError?: unknown } };
  return meta?.driverAdapterError;
}

function textOf(from: object, name: string): string {
  const value: unknown = Reflect.get(from, name);
  return typeof value === "string" ? value : "";
}
