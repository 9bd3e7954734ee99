import { createReadStream } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Header, type Pack, pack } from "tar-stream";

/** What tar-stream wants to know of an entry; it fills in the rest. */
type Headers = Partial<Header> & Pick<Header, "name">;

/** The time that every file made here carries, so that the same recipe gives the same bytes. */
export const imageTime = new Date("2025-01-01T00:00:00Z");

interface Ownership {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** One entry of a layer's tar. Paths are relative to the image's root. */
export type TarEntry = Ownership & { readonly path: string } & (
    | { readonly kind: "directory" }
    | { readonly kind: "file"; readonly content: string | Uint8Array }
    /** A file whose bytes stay on disk until they are packed. */
    | { readonly kind: "copy"; readonly from: string }
    | { readonly kind: "symlink"; readonly target: string }
    | { readonly kind: "hardlink"; readonly target: string }
  );

/** A directory; 0755 and root's unless told otherwise. */
export function directory(path: string, ownership: Ownership = {}): TarEntry {
  return { kind: "directory", path, ...ownership };
}

/** A file with this content; 0644 and root's unless told otherwise. */
export function file(path: string, content: string | Uint8Array, ownership: Ownership = {}): TarEntry {
  return { kind: "file", path, content, ...ownership };
}

/** Hides one file or directory of a lower layer. */
export function whiteout(path: string): TarEntry {
  return file(posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`), "");
}

/** Hides all that lower layers hold in a directory; what this layer puts there stays. */
export function opaque(path: string): TarEntry {
  return file(posix.join(path, ".wh..wh..opq"), "");
}

/** Everything below a folder on disk, sorted by path, owned as told; modes keep only whether a file can be run. */
export async function folderEntries(folder: string, path: string, ownership: Ownership = {}): Promise<TarEntry[]> {
  const entries: TarEntry[] = [directory(path, ownership)];
  const children = await readdir(folder, { withFileTypes: true });
  for (const child of children.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const from = `${folder}/${child.name}`;
    const to = posix.join(path, child.name);
    if (child.isDirectory()) {
      entries.push(...(await folderEntries(from, to, ownership)));
    } else if (child.isSymbolicLink()) {
      entries.push({ kind: "symlink", path: to, target: await readlink(from), ...ownership });
    } else if (child.isFile()) {
      const mode = (await stat(from)).mode & 0o100 ? 0o755 : 0o644;
      entries.push({ kind: "copy", path: to, from, ...ownership, mode });
    }
  }
  return entries;
}

/** Packs entries in the order given. An entry that cannot be read breaks the stream with its error. */
export function makeTar(entries: Iterable<TarEntry>): Readable {
  const tar = pack();
  packAll(tar, entries).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error("a tar entry cannot be packed", { cause: error }));
  });
  // Not `tar` itself: its stream class is a look-alike of Node's, which `pipeline` takes and the types do not.
  return Readable.from(tar, { objectMode: false });
}

async function packAll(tar: Pack, entries: Iterable<TarEntry>): Promise<void> {
  for (const entry of entries) {
    const headers: Headers = {
      name: entry.kind === "directory" ? `${entry.path}/` : entry.path,
      mode: entry.mode ?? (entry.kind === "directory" ? 0o755 : entry.kind === "symlink" ? 0o777 : 0o644),
      uid: entry.uid ?? 0,
      gid: entry.gid ?? 0,
      mtime: imageTime,
    };
    switch (entry.kind) {
      case "directory":
        await packBytes(tar, { ...headers, type: "directory" }, "");
        break;
      case "symlink":
        await packBytes(tar, { ...headers, type: "symlink", linkname: entry.target }, "");
        break;
      case "hardlink":
        await packBytes(tar, { ...headers, type: "link", linkname: entry.target }, "");
        break;
      case "file":
        await packBytes(tar, { ...headers, type: "file" }, entry.content);
        break;
      case "copy":
        await packFile(tar, { ...headers, type: "file" }, entry.from);
        break;
    }
  }
  tar.finalize();
}

function packBytes(tar: Pack, headers: Headers, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(headers, Buffer.from(content), (error) => (error ? reject(error) : resolve()));
  });
}

async function packFile(tar: Pack, headers: Headers, from: string): Promise<void> {
  const { size } = await stat(from);
  if (size < 65_536) {
    await packBytes(tar, headers, await readFile(from));
    return;
  }
  await pipeline(createReadStream(from), tar.entry({ ...headers, size }));
}
