import {
  type BlobRange,
  type ByteDestination,
  type Digest,
  type OpenBlob,
  RegistryError,
} from "@layerport/registry-core";

// Small, so that even short blobs arrive in several pieces.
const pieceSize = 16 * 1024;

/** Opens bytes that are in memory as a blob. @throws BLOB_UPLOAD_INVALID with status 416 for a range outside them */
export function openMemoryBlob(digest: Digest, whole: Uint8Array, asked?: BlobRange): OpenBlob {
  const range = asked && fitRange(asked, whole.length);
  const content = range ? whole.subarray(range.start, range.end + 1) : whole;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += pieceSize) yield content.subarray(at, at + pieceSize);
  }
  return {
    digest,
    size: whole.length,
    range,
    content,
    chunks,
    async copyTo(destination) {
      for await (const piece of chunks()) await write(destination, piece);
    },
    async close() {},
  };
}

function fitRange(asked: BlobRange, size: number): { readonly start: number; readonly end: number } {
  const start = asked.kind === "last" ? Math.max(0, size - asked.length) : asked.start;
  const end = Math.min(size - 1, asked.kind === "last" ? size - 1 : (asked.end ?? size - 1));
  if (start > end) throw new RegistryError("BLOB_UPLOAD_INVALID", { size }, { status: 416 });
  return { start, end };
}

/** One write, which ends when the destination is done with the bytes or has closed. */
function write(destination: ByteDestination, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error("the destination closed before all bytes were written"));
    if (destination.destroyed) return onClose();
    destination.once("close", onClose);
    destination.write(piece, (error) => {
      destination.removeListener("close", onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}
