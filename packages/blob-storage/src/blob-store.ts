/** Where the bytes of one blob live. Made of parsed parts only, never of a client's text. */
export interface BlobKey {
  readonly algorithm: "sha256" | "sha512";
  readonly hex: string;
  /** A UUID drawn for each upload and never used again, so a late removal cannot hit newer bytes. */
  readonly generation: string;
}

/** A span of bytes, both ends included, as in an HTTP `Content-Range`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What `copyTo` needs of a stream; Node's `Writable` is one. */
export interface Destination {
  write(bytes: Uint8Array, written?: (error?: Error | null) => void): boolean;
  once(event: "close" | "error", listener: (error?: Error) => void): unknown;
  removeListener(event: "close" | "error", listener: (error?: Error) => void): unknown;
  readonly destroyed: boolean;
}

/**
 * Bytes opened for one reading. They stay readable and unchanged when the blob is removed meanwhile.
 * Whoever opens them calls exactly one of `copyTo`, `chunks` (to its end or `return`) and `close`.
 */
export interface OpenBytes {
  /** Bytes in the whole blob, whatever the range. */
  readonly size: number;
  /** The span that was asked for, its end cut to the last byte; undefined when all was asked for. */
  readonly range: ByteRange | undefined;
  /** Bytes that `copyTo` and `chunks` give. */
  readonly length: number;
  /**
   * Writes everything to `destination` and releases the bytes; it never ends the destination, and rejects when the
   * destination closes early. Memory is reused once the destination calls back for a write, so it must be done with
   * the bytes by then: sockets and HTTP responses are, a `PassThrough` is not.
   */
  copyTo(destination: Destination): Promise<void>;
  /** The bytes in order; each chunk is the caller's to keep. Releases the bytes when the loop ends. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Releases the bytes unread. May be called again, and after the other two. */
  close(): Promise<void>;
}

/** Bytes of an unfinished upload, as `listStaged` finds them. */
export interface StagedEntry {
  readonly id: string;
  readonly length: number;
  readonly modifiedAt: Date;
}

/** Bytes at their final place, as `listKeys` finds them. */
export interface StoredEntry {
  readonly key: BlobKey;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Bytes to be stored, as they arrive. */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  /** Called with a chunk once it is written and not looked at any more; what is left of it is the source's again. */
  readonly release?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Bytes under a key, in two places: staged while they arrive, under a UUID, and published under a `BlobKey` once they are
 * whole. What is published never changes. The caller sees to it that one staged id has one writer at a time, and decides
 * nothing by the two lists, which exist to find orphans. Ids and keys that are not well formed are bugs and fail an
 * assertion.
 */
export interface BlobStore {
  /**
   * Writes `source` at `offset` and answers the new length. Anything stored beyond `offset` is cut first. Each chunk is
   * shown to `observe` as it arrives and must then stay unchanged until it is released or the append ends. When the source fails, its error is
   * answered and the bytes before it stay; when writing fails, everything from `offset` on is cut. Either way the
   * source's `return` is called, so pass a request as `request.iterator({ destroyOnReturn: false })` to be able to answer.
   * Nothing is durable before `syncStaged` or `publish`; a long append may sync what it has, and fails as they do.
   *
   * @throws UNKNOWN_STAGED when `offset` is above 0 and there is nothing under the id
   * @throws OFFSET_BEYOND_END when fewer than `offset` bytes are stored
   * @throws OUT_OF_SPACE, VOLUME_BAD
   */
  appendStaged(id: string, offset: number, source: ByteSource, observe?: (bytes: Uint8Array) => void): Promise<number>;

  /**
   * Makes what was appended durable. A sync is never tried twice: when it fails the staged bytes are deleted, and
   * unless space was the reason the volume counts as bad until an operator clears it.
   *
   * @throws UNKNOWN_STAGED, OUT_OF_SPACE, VOLUME_BAD
   */
  syncStaged(id: string): Promise<void>;

  /** Bytes stored under the id, or undefined when there is none. */
  stagedLength(id: string): Promise<number | undefined>;

  /** @throws OFFSET_BEYOND_END when the range starts at or after the end */
  openStaged(id: string, range?: ByteRange): Promise<OpenBytes | undefined>;

  /**
   * Moves staged bytes, whole and durable, to their key; no reader ever sees a part of them there. May be repeated with
   * the same id and key after a crash or a lost answer.
   *
   * @throws UNKNOWN_STAGED when the bytes are neither staged nor at the key
   * @throws OUT_OF_SPACE, VOLUME_BAD
   */
  publish(id: string, key: BlobKey): Promise<void>;

  /** Deletes staged bytes, if there are any. Works on a full and on a bad volume. */
  discardStaged(id: string): Promise<void>;

  /** @throws OFFSET_BEYOND_END when the range starts at or after the end */
  open(key: BlobKey, range?: ByteRange): Promise<OpenBytes | undefined>;

  /** Deletes published bytes, if there are any. Works on a full and on a bad volume; running reads go on. */
  remove(key: BlobKey): Promise<void>;

  listStaged(): AsyncIterable<StagedEntry>;

  listKeys(): AsyncIterable<StoredEntry>;

  /** Bytes that may still be written. */
  freeBytes(): Promise<number>;

  /**
   * Writes, syncs, reads and deletes a few bytes; answers only when all of it worked.
   *
   * @throws OUT_OF_SPACE, VOLUME_BAD
   */
  probe(): Promise<void>;
}
