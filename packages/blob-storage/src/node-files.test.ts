import { constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeFiles } from "./node-files.ts";

describe("nodeFiles", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "layerport-files-"));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it("I8: a closed file refuses to read, rather than reading another that was given its descriptor", async () => {
    await writeFile(join(directory, "mine"), "mine");
    await writeFile(join(directory, "theirs"), "theirs");
    const mine = await nodeFiles.open(join(directory, "mine"), constants.O_RDONLY);
    await mine.close();
    await mine.close();
    const theirs = await nodeFiles.open(join(directory, "theirs"), constants.O_RDONLY);
    const buffer = Buffer.alloc(10);
    await expect(mine.read(buffer, 0, 10, 0)).rejects.toMatchObject({ code: "EBADF" });
    expect(buffer.every((byte) => byte === 0)).toBe(true);
    await theirs.close();
  });

  it("I8: closing waits for the reads under way, so that none of them meets a reused descriptor", async () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024, 7);
    await writeFile(join(directory, "large"), bytes);
    const file = await nodeFiles.open(join(directory, "large"), constants.O_RDONLY);
    const ended: string[] = [];
    const reads = Array.from({ length: 16 }, async () => {
      const { bytesRead } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, 0);
      ended.push(`read ${bytesRead}`);
    });
    await file.close().then(() => ended.push("close"));
    await Promise.all(reads);
    expect(ended).toEqual([...Array.from({ length: 16 }, () => `read ${bytes.length}`), "close"]);
  });
});
