/** Why Layerport cannot start, in one line for the person who started it. Anything else thrown is a bug. */
export class StartError extends Error {
  override readonly name = "StartError";

  static is(error: unknown): error is StartError {
    return error instanceof StartError;
  }
}

/** The code of a system or Postgres error, as in `EADDRINUSE`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What an error says, for the end of a line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message || (errorCode(error) ?? error.name) : String(error);
}
