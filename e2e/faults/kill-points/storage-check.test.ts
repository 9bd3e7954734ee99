import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@layerport/database";
import { expect, it } from "vitest";
import { digestOf } from "./attempt.ts";
import { type BlobRow, judgeStorage, StorageCheck, type StoredFile } from "./storage-check.ts";

const digest = digestOf(Buffer.from("bytes"));
const file: StoredFile = { digest, generation: "one", actual: digest };
const row: BlobRow = { digest, generation: "one", state: "live", isInRow: false };

it("finds nothing where every file has its bytes and its row, and every row its file", () => {
  expect(judgeStorage([file], [row])).toEqual([]);
  expect(judgeStorage([file], [{ ...row, state: "pending" }])).toEqual([]);
  expect(judgeStorage([], [{ ...row, state: "pending" }])).toEqual([]);
  expect(judgeStorage([], [{ ...row, isInRow: true }])).toEqual([]);
});

it.each<[string, readonly StoredFile[], readonly BlobRow[]]>([
  ["part of a blob at its final place (I7)", [{ ...file, actual: digestOf(Buffer.from("byt")) }], [row]],
  ["a file under the row of another blob (I7)", [file], [{ ...row, digest: digestOf(Buffer.from("other")) }]],
  ["a file without a row (I6)", [file], []],
  ["a live row without a file (I1)", [], [row]],
])("finds %s", (_, files, rows) => {
  expect(judgeStorage(files, rows)).toHaveLength(1);
});

it("reads the bytes of a file again when they have changed (I7)", async () => {
  const storage = mkdtempSync(join(tmpdir(), "layerport-storage-check-"));
  try {
    const [algorithm = "", hex = ""] = digest.split(":");
    const folder = join(storage, "blobs", algorithm, hex.slice(0, 2), hex);
    mkdirSync(folder, { recursive: true });
    const database = { query: async () => [row] } as unknown as Database;
    const check = new StorageCheck(storage);
    writeFileSync(join(folder, "one"), "bytes");
    expect(await check.judge(database, new Date(0))).toEqual([]);
    writeFileSync(join(folder, "one"), "by");
    expect(await check.judge(database, new Date(0))).toEqual([expect.stringMatching(/^I7: /)]);
  } finally {
    rmSync(storage, { recursive: true });
  }
});
