import { constants } from "node:fs";
import { BatchWriter } from "./batch-writer.ts";
import type { ByteSource } from "./blob-store.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { StorageError } from "./storage-error.ts";
import { type StorageFile, type StorageFiles, unlessAbsent } from "./storage-files.ts";

interface Append {
  readonly offset: number;
  readonly source: ByteSource;
  readonly observe: ((bytes: Uint8Array) => void) | undefined;
  readonly budget: ByteBudget;
  readonly sync: (file: StorageFile) => Promise<void>;
}

/** Writes a source to a file from an offset on, makes the file at offset 0, and answers its new length. */
export async function appendFile(files: StorageFiles, path: string, append: Append): Promise<number> {
  const file = await openAt(files, path, append.offset);
  try {
    return await write(file, append);
  } finally {
    await file.close();
  }
}

async function write(file: StorageFile, { offset, source, observe, budget, sync }: Append): Promise<number> {
  const writer = new BatchWriter(file, offset, { budget, sync, release: source.release });
  let length = offset;
  try {
    for await (const bytes of source) {
      observe?.(bytes);
      await writer.add(bytes);
    }
  } finally {
    // Also when the source failed: what it sent before is kept, for the client to go on from.
    length = await writer.finish();
  }
  return length;
}

async function openAt(files: StorageFiles, path: string, offset: number): Promise<StorageFile> {
  const flags = offset === 0 ? constants.O_RDWR | constants.O_CREAT : constants.O_RDWR;
  const file = await unlessAbsent(files.open(path, flags, 0o640));
  if (file === undefined) throw new StorageError("UNKNOWN_STAGED");
  try {
    const { size } = await file.stat();
    if (size < offset) throw new StorageError("OFFSET_BEYOND_END");
    if (size > offset) await file.truncate(offset);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
