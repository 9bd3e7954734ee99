import { describe, expect, it } from "vitest";
import { lintOrder } from "./order-lint.ts";

const registry = { port: 5000, postgresPort: 5432, storage: "/data" };
const main = 10;
const pool = 11;
const staged = "/data/staged/one";
const folder = "/data/blobs/sha256/ab/abcd";
const final = `${folder}/one`;

const request = `${main} read(20<TCP:[127.0.0.1:5000->127.0.0.1:6000]>, "POST /v2/a/b/blobs/uploads/"..., 65536) = 900`;
const answer = `${main} write(20<TCP:[127.0.0.1:5000->127.0.0.1:6000]>, "HTTP/1.1 201 Created\\r\\n"..., 300) = 300`;
const replying = (state: "I" | "T") =>
  `${main} read(21<TCP:[127.0.0.1:7000->127.0.0.1:5432]>, "2\\0\\0\\0\\4Z\\0\\0\\0\\5${state}", 65536) = 60`;
const reply = replying("I");
const create = `${pool} openat(AT_FDCWD</>, "${staged}", O_RDWR|O_CREAT|O_CLOEXEC, 0640) = 22<${staged}>`;
const write = `${pool} pwritev(22<${staged}>, [{iov_base="bytes"..., iov_len=300000}], 1, 0) = 300000`;
const rename = `${pool} rename("${staged}", "${final}") = 0`;
const mkdir = `${pool} mkdir("${folder}", 0777) = 0`;
const statement = (name: string) =>
  `${main} writev(21<TCP:[127.0.0.1:7000->127.0.0.1:5432]>, [{iov_base="B\\0\\0\\0\\237\\0${name}\\0"..., iov_len=9}, {iov_base="S\\0\\0\\0\\4", iov_len=5}], 2) = 14`;
const plain = (text: string) =>
  `${main} write(21<TCP:[127.0.0.1:7000->127.0.0.1:5432]>, "Q\\0\\0\\0\\n${text}\\0", 11) = 11`;
const sync = (path: string) => `${pool} fsync(22<${path}>) = 0`;
const prepared = [sync("/data/blobs"), sync("/data")];

const renaming = [create, write, sync(staged), mkdir, rename];
const syncing = [sync(folder), sync("/data/blobs/sha256/ab"), sync("/data/blobs/sha256")];
const push = [...prepared, request, ...renaming, ...syncing, statement("blob-finish"), reply, answer];
const appending = [create, write, sync(staged), sync("/data/staged")];
const chunk = [...prepared, request, ...appending, statement("upload-commit-staged"), reply, answer];
const written = [plain("BEGIN"), replying("T"), statement("manifest-write"), statement("audit-record"), replying("T")];
const manifest = [request, ...written, replying("T"), plain("COMMIT"), reply, answer];

function lint(lines: readonly string[]): readonly string[] {
  return lintOrder(lines.join("\n"), registry).violations;
}

/** The log with one call at another place: after the last of those that match, or nowhere. */
function moved(lines: readonly string[], call: string, after?: string): readonly string[] {
  const without = lines.filter((line) => line !== call);
  expect(without).toHaveLength(lines.length - 1);
  return after === undefined ? without : without.toSpliced(without.lastIndexOf(after) + 1, 0, call);
}

describe("the order of a push", () => {
  it("is right when each thing is durable before the next is told of it", () => {
    expect(lint(push)).toEqual([]);
    expect(lint(chunk)).toEqual([]);
    expect(lint(manifest)).toEqual([]);
    expect(lint([...push, ...manifest, ...chunk.slice(prepared.length)])).toEqual([]);
    const report = lintOrder([...push, ...chunk].join("\n"), registry);
    expect(report).toEqual({ answers: 2, publications: 1, lengths: 1, violations: [] });
  });

  it.each([
    ["the answer before the rename", moved(push, answer, sync(staged)), /201 is answered before /],
    ["the answer before Postgres is told", moved(push, answer, rename), /201 is answered before Postgres is told/],
    [
      "the answer before Postgres has answered",
      moved(push, answer, statement("blob-finish")),
      /Postgres is unanswered/,
    ],
    ["no sync of the file", moved(push, sync(staged)), /staged\/one is renamed before its bytes are synced/],
    ["the sync of the file after its rename", moved(push, sync(staged), rename), /is renamed before its bytes/],
    ["bytes written after the sync", moved(push, write, sync(staged)), /is renamed before its bytes are synced/],
    ["no sync of the folder", moved(push, sync(folder)), /told of .*\/one before .*\/abcd is synced/],
    ["the sync of the folder before the rename", moved(push, sync(folder), mkdir), /told of .*before .*\/abcd is/],
    ["the sync of the folder after the commit", moved(push, sync(folder), reply), /told of .*before .*\/abcd is/],
    ["no sync of what a new folder is new in", moved(push, sync("/data/blobs/sha256/ab")), /before .*\/ab is synced/],
    ["no sync above a folder of another process", moved(push, sync("/data/blobs/sha256")), /blobs\/sha256 is synced/],
    ["no sync of the first folder of all", moved(push, sync("/data")), /before \/data is synced/],
  ])("is wrong with %s (R1)", (_, lines, expected) => {
    expect(lint(lines)).toContainEqual(expect.stringMatching(expected));
  });

  it("is wrong when a sync began before what it should cover, however late it returned (R1)", () => {
    const overlapping = [
      `${pool} fsync(22<${folder}> <unfinished ...>`,
      `12 rename("${staged}", "${final}") = 0`,
      `${pool} <... fsync resumed>) = 0`,
    ];
    const lines = push.flatMap((line) => (line === rename ? overlapping : line === sync(folder) ? [] : [line]));
    expect(lint(lines)).toContainEqual(expect.stringMatching(/before .*\/abcd is synced/));
  });

  it("is wrong when a rename begins before the sync of the file has returned (R1)", () => {
    const lines = push.flatMap((line) =>
      line === sync(staged)
        ? [`${pool} fsync(22<${staged}> <unfinished ...>`]
        : line === rename
          ? [`12 rename("${staged}", "${final}") = 0`, `${pool} <... fsync resumed>) = 0`]
          : [line],
    );
    expect(lint(lines)).toContainEqual(expect.stringMatching(/is renamed before its bytes are synced/));
  });
});

describe("the order of a chunk", () => {
  it.each([
    ["no sync of its bytes", moved(chunk, sync(staged)), /told of a length before the bytes of staged\/one/],
    ["no sync of the folder of uploads", moved(chunk, sync("/data/staged")), /told of a length before .*staged is/],
    ["the sync after the length is committed", moved(chunk, sync(staged), reply), /told of a length before the bytes/],
  ])("is wrong with %s (I14)", (_, lines, expected) => {
    expect(lint(lines)).toContainEqual(expect.stringMatching(expected));
  });
});

describe("the order of a manifest", () => {
  it.each([
    ["the answer before COMMIT", moved(manifest, answer, replying("T")), /Postgres is in a transaction/],
    ["the answer before COMMIT is answered", moved(manifest, answer, plain("COMMIT")), /Postgres is unanswered/],
    ["the answer before all statements are answered", moved(manifest, answer, statement("audit-record")), /unanswered/],
    ["the answer before everything", moved(manifest, answer, request), /BEGIN is sent after the answer/],
  ])("is wrong with %s (I2)", (_, lines, expected) => {
    expect(lint(lines)).toContainEqual(expect.stringMatching(expected));
  });
});
