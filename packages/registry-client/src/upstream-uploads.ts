import { randomUUID } from "node:crypto";
import {
  type Chunk,
  type Descriptor,
  type Digest,
  type IncomingBytes,
  type MountSource,
  parseUploadId,
  RegistryError,
  type RepositoryName,
  type Upload,
  type UploadId,
  type UploadOptions,
} from "@layerport/registry-core";
import { inPieces, lengthOf, readAhead, type StreamedBytes } from "./outgoing-bytes.ts";
import type { RepositoryPaths } from "./repository-paths.ts";
import type { RegistryRequest, Transport } from "./transport.ts";
import { parseCount } from "./upstream-blob.ts";
import { UpstreamError } from "./upstream-error.ts";
import { parseLocation } from "./upstream-url.ts";
import { type Answer, discard } from "./wire.ts";

/** An upload that another registry has begun. */
export interface StartedUpload extends Upload {
  /** The least that the registry wants of every chunk but the last, where it says so. */
  readonly minimumChunkBytes: number | undefined;
}

interface Session {
  readonly location: string | URL;
  /** How many bytes the registry has, as far as it has told. */
  readonly length: number | undefined;
  readonly minimumChunkBytes?: number | undefined;
}

interface Sending {
  /** Where the upload ends with this chunk. */
  readonly digest?: Digest;
  readonly content: Uint8Array | StreamedBytes;
  readonly start: number | undefined;
}

// A chunk whose end is not known is held in memory in pieces of this size, or of what the registry wants at least.
const pieceBytes = 1024 * 1024;
const maximumPieceBytes = 64 * 1024 * 1024;
const maximumSessions = 10_000;
const octets = { "content-type": "application/octet-stream" } as const;

/** Blobs on their way to another registry. Where each upload goes on is remembered from the registry's last answer. */
export class UpstreamUploads {
  readonly #transport: Transport;
  readonly #paths: RepositoryPaths;
  readonly #sessions = new Map<string, Session>();

  constructor(transport: Transport, paths: RepositoryPaths) {
    this.#transport = transport;
    this.#paths = paths;
  }

  /** A blob that is short is sent with the first request; a longer one goes where the first request says. */
  async putBlob(repository: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor> {
    const content = await readAhead(source);
    const isShort = content instanceof Uint8Array;
    const answer = await this.#post(repository, isShort ? `?digest=${digest}` : "", isShort ? content : undefined);
    let size = lengthOf(content);
    if (answer.status === 202) {
      const { id } = this.#begun(repository, answer);
      await this.#send(repository, id, { digest, content, start: undefined }).catch(async (error: unknown) => {
        await this.#abandon(repository, id);
        throw error;
      });
    } else {
      if (!isShort) throw new UpstreamError("untrustworthy", `${answer.url.host} has a blob that was not sent yet`);
      expectDigest(answer, digest);
    }
    size ??= await this.sizeOf(repository, digest);
    return { mediaType: octets["content-type"], digest, size };
  }

  /** The registry decides by the rights of our credentials what may be read; `mayRead` cannot be asked. */
  async mount(repository: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined> {
    const from =
      source.kind === "repository" ? `&from=${encodeURIComponent(this.#paths.spell(source.repository))}` : "";
    const readable = source.kind === "repository" ? this.#paths.scopes(source.repository, "pull") : [];
    const answer = await this.#post(repository, `?mount=${digest}${from}`, undefined, readable);
    if (answer.status === 202) {
      await this.#abandon(repository, this.#begun(repository, answer).id);
      return undefined;
    }
    expectDigest(answer, digest);
    return { mediaType: octets["content-type"], digest, size: await this.sizeOf(repository, digest) };
  }

  async start(repository: RepositoryName, options: UploadOptions = {}): Promise<StartedUpload> {
    const { algorithm } = options;
    const answer = await this.#post(repository, algorithm === undefined ? "" : `?digest-algorithm=${algorithm}`);
    if (answer.status !== 202) throw new UpstreamError("untrustworthy", `${answer.url.host} began no upload`);
    return this.#begun(repository, answer);
  }

  async get(repository: RepositoryName, id: UploadId): Promise<Upload> {
    const answer = await this.#ask(repository, id, { method: "GET", expected: [200, 202, 204] });
    return { id, length: this.#continued(repository, id, answer).length ?? 0 };
  }

  async append(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload> {
    const content = await readAhead(chunk);
    if (lengthOf(content) === 0) {
      const upload = await this.get(repository, id);
      refuseGap(chunk.start, upload);
      return upload;
    }
    return this.#send(repository, id, { content, start: chunk.start });
  }

  async complete(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor> {
    const content = last === undefined ? new Uint8Array() : await readAhead(last);
    await this.#send(repository, id, { digest, content, start: last?.start });
    return { mediaType: octets["content-type"], digest, size: await this.sizeOf(repository, digest) };
  }

  async cancel(repository: RepositoryName, id: UploadId): Promise<void> {
    const answer = await this.#ask(repository, id, { method: "DELETE", expected: [200, 202, 204] });
    await discard(answer);
    this.#sessions.delete(keyOf(repository, id));
  }

  /** How many bytes a blob has. */
  async sizeOf(repository: RepositoryName, digest: Digest): Promise<number> {
    const answer = await this.#transport.ask({
      method: "HEAD",
      target: this.#paths.path(repository, `blobs/${digest}`),
      scopes: this.#paths.scopes(repository, "pull"),
      expected: [200],
      notFound: "BLOB_UNKNOWN",
    });
    await discard(answer);
    expectDigest(answer, digest);
    const length = parseCount(answer.header("content-length"));
    if (length === undefined) {
      throw new UpstreamError("untrustworthy", `${answer.url.host} does not say how large a blob is`);
    }
    return length;
  }

  async #post(
    repository: RepositoryName,
    query: string,
    body: Uint8Array = new Uint8Array(),
    scopes: readonly string[] = [],
  ): Promise<Answer> {
    const answer = await this.#transport.ask({
      method: "POST",
      target: `${this.#paths.path(repository, "blobs/uploads/")}${query}`,
      scopes: [...this.#paths.scopes(repository, "pull,push"), ...scopes],
      headers: octets,
      body,
      expected: [201, 202],
      notFound: "NAME_UNKNOWN",
    });
    await discard(answer);
    return answer;
  }

  #ask(
    repository: RepositoryName,
    id: UploadId,
    request: Pick<RegistryRequest, "method" | "expected" | "headers" | "body"> & { readonly query?: string },
  ): Promise<Answer> {
    const session = this.#sessions.get(keyOf(repository, id));
    const location = session?.location ?? this.#paths.path(repository, `blobs/uploads/${id}`);
    const target = new URL(location, this.#transport.registry);
    // Appended by hand: the rest of the query is the registry's, and may not survive being written anew.
    if (request.query !== undefined) target.search += `${target.search === "" ? "" : "&"}${request.query}`;
    const scopes = this.#paths.scopes(repository, "pull,push");
    return this.#transport.ask({ ...request, target, scopes, notFound: "BLOB_UPLOAD_UNKNOWN" });
  }

  /** Sends a chunk, and with a digest the end of the upload. */
  async #send(repository: RepositoryName, id: UploadId, sending: Sending): Promise<Upload> {
    const { content, start } = sending;
    if (content instanceof Uint8Array) return this.#sendOnce(repository, id, sending);
    if (start !== undefined && content.length === undefined)
      return this.#sendInPieces(repository, id, content, sending);
    // A body that can be sent only once must not be what draws the challenge; whatever began the upload has drawn it.
    if (!this.#transport.isSignInKnown && !this.#sessions.has(keyOf(repository, id))) await this.get(repository, id);
    return this.#sendOnce(repository, id, sending);
  }

  /** One chunk has to say where it ends as well as where it starts, so bytes of unknown length become several. */
  async #sendInPieces(
    repository: RepositoryName,
    id: UploadId,
    content: StreamedBytes,
    { digest, start = 0 }: Sending,
  ): Promise<Upload> {
    const wanted = this.#sessions.get(keyOf(repository, id))?.minimumChunkBytes ?? 0;
    if (wanted > maximumPieceBytes) {
      throw new UpstreamError("untrustworthy", `the registry wants chunks of at least ${wanted} bytes`);
    }
    let upload: Upload = { id, length: start };
    let held: Uint8Array | undefined;
    for await (const piece of inPieces(content, Math.max(wanted, pieceBytes))) {
      if (held !== undefined) upload = await this.#sendOnce(repository, id, { content: held, start: upload.length });
      held = piece;
    }
    const last = { content: held ?? new Uint8Array(), start: upload.length };
    return this.#sendOnce(repository, id, digest === undefined ? last : { ...last, digest });
  }

  async #sendOnce(repository: RepositoryName, id: UploadId, { digest, content, start }: Sending): Promise<Upload> {
    const length = lengthOf(content);
    const known = this.#sessions.get(keyOf(repository, id))?.length;
    if (start !== undefined && start !== (known ?? start)) {
      // Not every registry looks where a chunk starts.
      refuseGap(start, await this.get(repository, id));
    }
    const hasRange = start !== undefined && length !== undefined && length > 0;
    const range = hasRange ? { "content-range": `${start}-${start + length - 1}` } : {};
    try {
      const answer = await this.#ask(repository, id, {
        method: digest === undefined ? "PATCH" : "PUT",
        ...(digest === undefined ? {} : { query: `digest=${digest}` }),
        headers: { ...octets, ...range },
        body: content,
        expected: digest === undefined ? [200, 202, 204] : [201, 204],
      });
      if (digest === undefined) return { id, length: this.#continued(repository, id, answer).length ?? 0 };
      await discard(answer);
      expectDigest(answer, digest);
      this.#sessions.delete(keyOf(repository, id));
      return { id, length: length ?? 0 };
    } catch (error) {
      throw await this.#afterRefusal(repository, id, error);
    }
  }

  /** After a chunk out of order the registry is asked where the upload goes on; after a wrong digest it is gone. */
  async #afterRefusal(repository: RepositoryName, id: UploadId, error: unknown): Promise<unknown> {
    if (!RegistryError.is(error)) return error;
    if (error.code === "DIGEST_INVALID" || error.code === "BLOB_UPLOAD_UNKNOWN") {
      this.#sessions.delete(keyOf(repository, id));
    }
    if (error.status !== 416) return error;
    // The refusal is what the caller must learn; where the upload stands is an addition.
    const upload = await this.get(repository, id).catch(() => undefined);
    if (upload === undefined) return error;
    const { message } = error;
    return new RegistryError("BLOB_UPLOAD_INVALID", { length: upload.length }, { status: 416, message, cause: error });
  }

  #begun(repository: RepositoryName, answer: Answer): StartedUpload {
    const location = answer.header("location");
    if (location === undefined) {
      throw new UpstreamError("untrustworthy", `${answer.url.host} does not say where the upload goes on`);
    }
    const said = answer.header("docker-upload-uuid");
    const id = parseUploadId(said !== undefined && uuid.test(said) ? said : randomUUID());
    const minimumChunkBytes = parseCount(answer.header("oci-chunk-min-length"));
    this.#remember(repository, id, { location: parseLocation(location, answer.url), length: 0, minimumChunkBytes });
    return { id, length: 0, minimumChunkBytes };
  }

  /** What an answer says of an upload that goes on. */
  #continued(repository: RepositoryName, id: UploadId, answer: Answer): Session {
    // Nobody waits for this body; it is empty.
    void discard(answer);
    const held = this.#sessions.get(keyOf(repository, id));
    const location = answer.header("location");
    const range = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.header("range") ?? "");
    const end = range?.[1] === undefined ? undefined : Number(range[1]);
    const session: Session = {
      location:
        location === undefined
          ? (held?.location ?? this.#paths.path(repository, `blobs/uploads/${id}`))
          : parseLocation(location, answer.url),
      length: lengthFrom(end, held, answer),
      minimumChunkBytes: held?.minimumChunkBytes,
    };
    this.#remember(repository, id, session);
    return session;
  }

  #remember(repository: RepositoryName, id: UploadId, session: Session): void {
    const key = keyOf(repository, id);
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size > maximumSessions && oldest !== undefined) this.#sessions.delete(oldest);
  }

  async #abandon(repository: RepositoryName, id: UploadId): Promise<void> {
    // An upload that cannot be cancelled expires.
    await this.cancel(repository, id).catch(() => this.#sessions.delete(keyOf(repository, id)));
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const keyOf = (repository: RepositoryName, id: UploadId) => `${repository} ${id}`;

/** `0-0` stands for one byte and for none; only a chunk that was taken tells them apart. */
function lengthFrom(end: number | undefined, held: Session | undefined, { status }: Answer): number | undefined {
  if (end === undefined) return undefined;
  if (end > 0) return end + 1;
  return status === 202 || held?.length === 1 ? 1 : 0;
}

function refuseGap(start: number | undefined, { length }: Upload): void {
  if (start === undefined || start === length) return;
  throw new RegistryError("BLOB_UPLOAD_INVALID", { length }, { status: 416, message: "a chunk goes on at the length" });
}

function expectDigest(answer: Answer, digest: Digest): void {
  const said = answer.header("docker-content-digest");
  const isSameAlgorithm = said?.split(":", 1)[0] === digest.split(":", 1)[0];
  if (!isSameAlgorithm || said === digest) return;
  throw new UpstreamError("untrustworthy", `${answer.url.host} stored another blob than it was sent`);
}
