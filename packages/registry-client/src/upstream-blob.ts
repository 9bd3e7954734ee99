import { createHash } from "node:crypto";
import {
  type BlobRange,
  type ByteDestination,
  type Digest,
  type OpenBlob,
  RegistryError,
  splitDigest,
} from "@layerport/registry-core";
import { readPieces } from "./answer-body.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { UpstreamError } from "./upstream-error.ts";
import type { Answer } from "./wire.ts";

interface Part {
  readonly start: number;
  /** Included; one less than `start` for an empty blob. */
  readonly end: number;
}

/** The `Range` header that asks for a part of a blob. @throws BLOB_UPLOAD_INVALID (416) for a part of no bytes */
export function formatRange(range: BlobRange): string {
  if (range.kind === "last") return `bytes=-${range.length}`;
  if (range.end !== undefined && range.end < range.start) throw outside();
  return `bytes=${range.start}-${range.end ?? ""}`;
}

/**
 * A blob that another registry sends. Its bytes are counted and, when they are all there, hashed as they pass; the last
 * of them are held back until they prove right, so wrong bytes never look like a whole blob. Bytes of a part cannot
 * be proved.
 */
export class UpstreamBlob implements OpenBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly range: OpenBlob["range"];
  readonly #answer: Answer;
  readonly #limits: FetchLimits;
  readonly #sent: Part;

  /** @throws UpstreamError for an answer that contradicts itself or what was asked for */
  constructor(answer: Answer, asked: { digest: Digest; range: BlobRange | undefined; limits: FetchLimits }) {
    const { digest, range, limits } = asked;
    this.digest = digest;
    this.#answer = answer;
    this.#limits = limits;
    try {
      const said = answer.header("docker-content-digest");
      if (said !== undefined && said !== digest) throw wrong(answer, "names another blob than it was asked for");
      const length = parseCount(answer.header("content-length"));
      const content = answer.status === 206 ? parseContentRange(answer.header("content-range")) : undefined;
      if (answer.status === 206 && content === undefined) throw wrong(answer, "does not say which part it sends");
      const size = content?.size ?? length;
      if (size === undefined) throw wrong(answer, "does not say how large a blob is");
      if (size > limits.maximumBlobBytes)
        throw wrong(answer, `offers a blob of more than ${limits.maximumBlobBytes} bytes`);
      this.size = size;
      this.#sent = content ?? { start: 0, end: size - 1 };
      this.range = range && fitRange(range, size);
      const isAsked = this.#sent.start === this.range?.start && this.#sent.end === this.range.end;
      if (content !== undefined && !isAsked) throw wrong(answer, "sends another part than it was asked for");
      const sentLength = this.#sent.end - this.#sent.start + 1;
      if (length !== undefined && length !== sentLength) throw wrong(answer, "counts its bytes in two ways");
    } catch (error) {
      answer.body.destroy();
      throw error instanceof Error ? error : new Error("a blob could not be opened", { cause: error });
    }
  }

  async copyTo(destination: ByteDestination): Promise<void> {
    for await (const piece of this.chunks()) await write(destination, piece);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const { start, end } = this.range ?? this.#sent;
    // A registry that takes no ranges sends everything, of which a part is wanted.
    let position = this.#sent.start;
    for await (const piece of this.#proven()) {
      const wanted = piece.subarray(Math.max(0, start - position), Math.max(0, end + 1 - position));
      position += piece.byteLength;
      if (wanted.byteLength > 0) yield wanted;
    }
  }

  async close(): Promise<void> {
    this.#answer.body.destroy();
  }

  async *#proven(): AsyncGenerator<Uint8Array> {
    const isWhole = this.#sent.start === 0 && this.#sent.end === this.size - 1;
    const { algorithm, hex } = splitDigest(this.digest);
    const hash = isWhole ? createHash(algorithm) : undefined;
    let left = this.#sent.end - this.#sent.start + 1;
    let held: Uint8Array | undefined;
    for await (const piece of readPieces(this.#answer, this.#limits)) {
      left -= piece.byteLength;
      if (left < 0) throw wrong(this.#answer, "sends more bytes than it said");
      hash?.update(piece);
      if (held !== undefined) yield held;
      held = piece;
    }
    if (left > 0) throw wrong(this.#answer, "sends fewer bytes than it said");
    if (hash !== undefined && hash.digest("hex") !== hex)
      throw wrong(this.#answer, `sends other bytes than ${this.digest}`);
    if (held !== undefined) yield held;
  }
}

/** A count of bytes as a header has it. */
export function parseCount(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function parseContentRange(header: string | undefined): (Part & { readonly size: number }) | undefined {
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header ?? "");
  if (found === null) return undefined;
  const [start = 0, end = 0, size = 0] = found.slice(1).map(Number);
  return start <= end && end < size ? { start, end, size } : undefined;
}

function fitRange(range: BlobRange, size: number): Part {
  const start = range.kind === "last" ? Math.max(0, size - range.length) : range.start;
  const end = Math.min(size - 1, (range.kind === "from" ? range.end : undefined) ?? size - 1);
  if (start > end) throw outside(size);
  return { start, end };
}

function outside(size?: number): RegistryError {
  const detail = size === undefined ? undefined : { size };
  return new RegistryError("BLOB_UPLOAD_INVALID", detail, { status: 416, message: "the blob has no such range" });
}

function wrong({ url }: Answer, what: string): UpstreamError {
  return new UpstreamError("untrustworthy", `${url.host} ${what}`);
}

/** Resolves when the destination has taken the bytes; rejects when it fails or closes. */
function write(destination: ByteDestination, piece: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(new Error("the destination closed before it had all bytes"));
  if (destination.destroyed) onClose();
  else {
    destination.once("close", onClose);
    destination.write(piece, (error) => (error ? reject(error) : resolve()));
  }
  return promise.finally(() => destination.removeListener("close", onClose));
}
