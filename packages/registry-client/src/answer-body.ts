import type { FetchLimits } from "./fetch-limits.ts";
import { UpstreamError } from "./upstream-error.ts";
import type { Answer } from "./wire.ts";

/** The bytes of an answer as they come. @throws UpstreamError when they stop coming, or come too slowly */
export async function* readPieces(answer: Answer, limits: FetchLimits): AsyncGenerator<Uint8Array> {
  const { url, body } = answer;
  refuseContentEncoding(answer);
  const reader: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  // Only time spent waiting counts: a reader of ours may be as slow as it likes.
  let waitedMs = 0;
  let received = 0;
  try {
    for (;;) {
      const askedAt = performance.now();
      const { value, done } = await reader.next();
      if (done === true) return;
      waitedMs += performance.now() - askedAt;
      received += value.byteLength;
      if (waitedMs >= limits.progressWindowMs) {
        if (received < (limits.bytesPerSecond * waitedMs) / 1000) {
          throw new UpstreamError("unreachable", `${url.host} sends too slowly`);
        }
        waitedMs = 0;
        received = 0;
      }
      yield value;
    }
  } catch (cause) {
    if (UpstreamError.is(cause)) throw cause;
    throw new UpstreamError("unreachable", `an answer of ${url.host} broke off`, { cause });
  } finally {
    body.destroy();
  }
}

/** The whole of a short answer. @throws UpstreamError for one that is longer than `limit`, or takes too long */
export async function readDocument(answer: Answer, limit: number, limits: FetchLimits): Promise<Uint8Array> {
  const { url, body } = answer;
  const tooLong = () => new UpstreamError("untrustworthy", `an answer of ${url.host} is longer than ${limit} bytes`);
  if (Number(answer.header("content-length") ?? 0) > limit) {
    body.destroy();
    throw tooLong();
  }
  const timer = setTimeout(() => body.destroy(new Error("it took too long")), limits.documentTimeoutMs);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of readPieces(answer, limits)) {
      length += piece.byteLength;
      if (length > limit) throw tooLong();
      parts.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts);
}

/** The fields of a JSON object. @throws UpstreamError for anything else */
export async function readFields(
  answer: Answer,
  limit: number,
  limits: FetchLimits,
): Promise<Readonly<Record<string, unknown>>> {
  const fields = fieldsOf(parseJson(await readDocument(answer, limit, limits)));
  if (fields === undefined) throw new UpstreamError("untrustworthy", `${answer.url.host} did not answer with JSON`);
  return fields;
}

/** The value of a JSON text, or `undefined` for what is none. */
export function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    // Not JSON, which the caller answers for.
    return undefined;
  }
}

/** The fields of an object, or `undefined` for what is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function refuseContentEncoding({ url, body, header }: Answer): void {
  const encoding = header("content-encoding");
  if (encoding === undefined || encoding === "identity") return;
  body.destroy();
  throw new UpstreamError("untrustworthy", `${url.host} packed its answer, although it was asked not to`);
}
