// SQLSTATE classes that say Postgres is not able rather than the statement wrong: connection, resources, lock or
// statement timeout, operator intervention, system error, and what a retry could not settle.
const unable = /^(?:08|40|53|55P03|57|58)/;
const outOfDisk = new Set(["53100", "ENOSPC", "EDQUOT", "OUT_OF_SPACE"]);
const network = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EMFILE",
  "ENFILE",
  "EIO",
  "EROFS",
  "VOLUME_BAD",
]);
const broken = /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered/;

/** The status of an error that came from Postgres, storage or the network, or `undefined` for any other error. */
export function outageStatus(error: unknown): 503 | 507 | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
    if (outOfDisk.has(code)) return 507;
    if (network.has(code) || (code.length === 5 && unable.test(code)) || broken.test(cause.message)) return 503;
  }
  return undefined;
}
