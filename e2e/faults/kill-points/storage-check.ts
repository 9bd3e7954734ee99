import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@layerport/database";

/** A file at the place of a blob. */
export interface StoredFile {
  /** As in `sha256:…`, from its place. */
  readonly digest: string;
  readonly generation: string;
  /** The digest of the bytes that are in it. */
  readonly actual: string;
}

/** What the database says of the bytes of a blob. */
export interface BlobRow {
  readonly digest: string;
  readonly generation: string;
  readonly state: string;
  readonly isInRow: boolean;
}

/** What is wrong with the files of blobs, and with the rows that should go with them. */
export function judgeStorage(files: readonly StoredFile[], rows: readonly BlobRow[]): string[] {
  const wrong: string[] = [];
  const known = new Map(rows.map((row) => [row.generation, row]));
  const stored = new Set(files.map(({ generation }) => generation));
  for (const { digest, generation, actual } of files) {
    if (actual !== digest) wrong.push(`I7: the file of ${digest} holds ${actual}`);
    const row = known.get(generation);
    if (row === undefined) wrong.push(`I6: the file of ${digest} has no row, so nobody will find it`);
    else if (row.digest !== digest) wrong.push(`I7: the row of the file of ${digest} is that of ${row.digest}`);
  }
  for (const { digest, generation, state, isInRow } of rows) {
    if (state === "live" && !isInRow && !stored.has(generation)) wrong.push(`I1: ${digest} is live and has no file`);
  }
  return wrong;
}

/** Reads what lies in one storage folder, and compares it with a database. A file is hashed when it is new or changed. */
export class StorageCheck {
  readonly #blobs: string;
  readonly #hashed = new Map<string, { readonly stamp: string; readonly actual: string }>();

  constructor(storage: string) {
    this.#blobs = join(storage, "blobs");
  }

  /** @param after rows made before this moment belong to another storage folder. */
  async judge(database: Database, after: Date): Promise<string[]> {
    const rows = await database.query<BlobRow>({
      text: `SELECT digest, generation::text, state::text, content IS NOT NULL AS "isInRow"
        FROM blob WHERE state_at >= $1::timestamptz`,
      values: [after.toISOString()],
    });
    return judgeStorage(this.#read(), rows);
  }

  #read(): StoredFile[] {
    return namesIn(this.#blobs).flatMap((algorithm) =>
      namesIn(join(this.#blobs, algorithm)).flatMap((fanOut) =>
        namesIn(join(this.#blobs, algorithm, fanOut)).flatMap((hex) =>
          namesIn(join(this.#blobs, algorithm, fanOut, hex)).map((generation) => ({
            digest: `${algorithm}:${hex}`,
            generation,
            actual: this.#hash(algorithm, join(this.#blobs, algorithm, fanOut, hex, generation)),
          })),
        ),
      ),
    );
  }

  #hash(algorithm: string, file: string): string {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    const stamp = [ino, size, mtimeMs, ctimeMs].join(" ");
    const known = this.#hashed.get(file);
    if (known?.stamp === stamp) return known.actual;
    const actual = `${algorithm}:${createHash(algorithm).update(readFileSync(file)).digest("hex")}`;
    this.#hashed.set(file, { stamp, actual });
    return actual;
  }
}

/** None where nothing was stored yet. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).map(({ name }) => name);
}
