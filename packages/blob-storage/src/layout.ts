import assert from "node:assert";
import { join } from "node:path";
import type { BlobKey } from "./blob-store.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hexForms = { sha256: /^[0-9a-f]{64}$/, sha512: /^[0-9a-f]{128}$/ } as const;

/** The digest algorithms that have a folder of their own. */
export const algorithms = ["sha256", "sha512"] as const;

/** Whether the text is a UUID in lower case, the only form that reaches a path. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** Whether every part of the key has the form it must have to be part of a path. */
export function isBlobKey(key: BlobKey): boolean {
  // `hasOwn`, because a key from outside the type system could name a property of every object.
  return Object.hasOwn(hexForms, key.algorithm) && hexForms[key.algorithm].test(key.hex) && isUuid(key.generation);
}

/** Fails an assertion on an id that is not a UUID: ids are made by the caller, so a bad one is a bug, not a refusal. */
export function assertUuid(id: string): void {
  assert(isUuid(id), "a staged id must be a lower-case UUID");
}

/** Fails an assertion on a key with a malformed part. */
export function assertBlobKey(key: BlobKey): void {
  assert(isBlobKey(key), "a blob key must have a known algorithm, lower-case hex of its length and a UUID");
}

/** Where things lie under a root. Only checked ids and keys become paths. */
export class Layout {
  readonly root: string;
  readonly staged: string;
  readonly blobs: string;
  readonly badMarker: string;

  constructor(root: string) {
    this.root = root;
    this.staged = join(root, "staged");
    this.blobs = join(root, "blobs");
    this.badMarker = join(root, "VOLUME-BAD");
  }

  stagedPath(id: string): string {
    assertUuid(id);
    return join(this.staged, id);
  }

  algorithmPath(algorithm: BlobKey["algorithm"]): string {
    return join(this.blobs, algorithm);
  }

  /** A key's path, the folder of its digest, and the fan-out by two hex digits that holds that folder. */
  keyFolders(key: BlobKey): { fanOut: string; digest: string; path: string } {
    assertBlobKey(key);
    const fanOut = join(this.algorithmPath(key.algorithm), key.hex.slice(0, 2));
    const digest = join(fanOut, key.hex);
    return { fanOut, digest, path: join(digest, key.generation) };
  }
}
