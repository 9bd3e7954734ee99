import { StorageError } from "./storage-error.ts";

/** What the filesystem store asks of one open file. */
export interface StorageFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  writev(buffers: readonly Uint8Array[], position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  stat(): Promise<{ size: number; mtime: Date }>;
  close(): Promise<void>;
}

/** Every call that the filesystem store makes, so that a test can record it, or fail it. */
export interface StorageFiles {
  open(path: string, flags: number, mode?: number): Promise<StorageFile>;
  mkdir(path: string, options: { recursive: true }): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ size: number; mtime: Date }>;
  statfs(path: string): Promise<{ bavail: number; bsize: number }>;
}

/** The error code of a failed system call, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Answers undefined where the call found nothing at its path; every other failure stays one. */
export function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
}

/** Whether the failure says that the volume, or the quota on it, is full. */
export function isOutOfSpace(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/** Lets a write through; where it failed for want of space, says so by its code. */
export function countingSpace<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw isOutOfSpace(error) ? new StorageError("OUT_OF_SPACE", { cause: error }) : error;
  });
}
