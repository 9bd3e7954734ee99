import type { Digest, DigestAlgorithm } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";

/** The name of an upload session; the door hands it out and takes it back. */
export type UploadId = string & { readonly __brand: "UploadId" };

const uploadIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws BLOB_UPLOAD_UNKNOWN, since no session can have such an id. */
export function parseUploadId(text: string): UploadId {
  if (!uploadIdPattern.test(text)) throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
  return text as UploadId;
}

/** Bytes on their way to being a blob. */
export interface Upload {
  readonly id: UploadId;
  /** How many bytes are stored durably; the next chunk starts here. */
  readonly length: number;
}

/** Bytes as they arrive, of a length that the sender declared or not. */
export interface IncomingBytes {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The declared length. Fewer or more bytes than it are refused. */
  readonly length?: number | undefined;
  /** Takes the memory of a chunk back. May be called once nobody will look at the chunk any more, by whoever read it. */
  readonly release?: ((bytes: Uint8Array) => void) | undefined;
}

/** One PATCH's worth of an upload. */
export interface Chunk extends IncomingBytes {
  /** Where the sender says the chunk starts; absent when it appends without saying. */
  readonly start?: number | undefined;
}

/** How an upload is to be hashed when that is known before its digest is. */
export interface UploadOptions {
  readonly algorithm?: DigestAlgorithm | undefined;
}

/** Bytes of a blob, opened for reading. Whoever opens it must read it to the end or close it. */
export interface OpenBlob {
  readonly digest: Digest;
  /** The size of the whole blob in bytes, whatever part was asked for. */
  readonly size: number;
  /** First and last byte of the part that was asked for, both included; absent for the whole blob. */
  readonly range?: { readonly start: number; readonly end: number } | undefined;
  /** All bytes at once, for a blob small enough to be kept in memory. */
  readonly content?: Uint8Array | undefined;
  /** Writes the bytes to a stream at the pace of its reader; rejects when the stream closes early. Does not end it. */
  copyTo(destination: ByteDestination): Promise<void>;
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** What `OpenBlob.copyTo` needs of a stream; Node's `Writable` is one. */
export interface ByteDestination {
  write(bytes: Uint8Array, written?: (error?: Error | null) => void): boolean;
  once(event: "drain" | "close" | "error", listener: (error?: Error) => void): unknown;
  removeListener(event: "drain" | "close" | "error", listener: (error?: Error) => void): unknown;
  readonly destroyed: boolean;
}

/** A part of a blob as a client asks for it: from a byte on, up to a byte, or the last bytes (RFC 9110 §14.1.2). */
export type BlobRange =
  | { readonly kind: "from"; readonly start: number; readonly end?: number | undefined }
  | { readonly kind: "last"; readonly length: number };
