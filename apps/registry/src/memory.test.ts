import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { bytes } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareProcess } from "./test-process.ts";

const mebibyte = 1024 * 1024;

const registry = await prepareProcess();
let pid: number;
let token: string;
beforeAll(async () => {
  pid = (await registry.start()).child.pid ?? 0;
  const query = "scope=repository:alice/app:pull,push&scope=registry:catalog:*";
  token = JSON.parse((await registry.send("GET", `/token?${query}`, { as: registry.alice })).text).token;
}, 60_000);

/** The most memory that the process has held since the last call, in bytes (`VmHWM` of Linux). */
function peakBytes(): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return Number(peak) * 1024;
}

/** How far the work lifts the process above what it held before. */
async function riseOf(work: () => Promise<void>): Promise<number> {
  peakBytes();
  const before = peakBytes();
  await work();
  return peakBytes() - before;
}

interface Streamed {
  readonly text: string;
  /** What the kernel took of the body before the connection was closed. */
  readonly sentBytes: number;
}

/** Writes a request's head as it is, then a part so many times, or until nobody listens any more. */
function stream(head: readonly string[], part: Uint8Array, count: number): Promise<Streamed> {
  return new Promise((resolve) => {
    const socket = connect(registry.port, "127.0.0.1");
    let text = "";
    let sent = 0;
    const write = () => {
      while (sent < count && !socket.destroyed) {
        sent += 1;
        if (!socket.write(part)) return;
      }
    };
    socket.on("drain", write);
    socket.on("data", (answer) => {
      text += answer.toString("latin1");
    });
    // Whoever refuses may close while we still write.
    socket.on("error", () => {});
    socket.on("close", () => resolve({ text, sentBytes: socket.bytesWritten - socket.writableLength }));
    const lines = [...head, `Host: ${registry.host}`, `Authorization: Bearer ${token}`, "Connection: close"];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    write();
  });
}

/** One chunk of a body without a length. */
function chunkOf(size: number): Buffer {
  return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), bytes(size), Buffer.from("\r\n")]);
}

async function startUpload(): Promise<string> {
  const { headers } = await registry.send("POST", "/v2/alice/app/blobs/uploads/", { as: token });
  return headers.location ?? "";
}

describe("the memory of the process stays flat", () => {
  it("T07 under a catalog of everything, which answers a page of 1,000 and where it goes on", async () => {
    await registry.database.query({
      text: `INSERT INTO repository (organization_id, path, created_by)
        SELECT id, 'r' || lpad(number::text, 5, '0'), 'tests' FROM organization, generate_series(1, 5000) AS number
        WHERE name = 'alice'`,
    });
    const ask = async (n: number) => {
      const answer = await registry.send("GET", `/v2/_catalog?n=${n}`, { as: token });
      expect([answer.status, JSON.parse(answer.text).repositories.length]).toEqual([200, 1000]);
      expect(answer.headers.link).toBe('</v2/_catalog?n=1000&last=alice%2Fr01000>; rel="next"');
    };
    for (let round = 0; round < 30; round += 1) await ask(1000);
    const rise = await riseOf(async () => {
      for (let round = 0; round < 10; round += 1) await ask(999_999_999);
    });
    expect(rise).toBeLessThan(20 * mebibyte);
  });

  it("T08 under bodies that do not end, whatever they said of their length", async () => {
    const chunked = "Transfer-Encoding: chunked";
    const type = "Content-Type: application/vnd.oci.image.manifest.v1+json";
    const part = chunkOf(mebibyte);
    const endless = 64;
    const huge = `Content-Length: ${Number.MAX_SAFE_INTEGER}`;
    const cases: readonly (readonly [number, readonly string[], Uint8Array])[] = [
      [400, [`PATCH ${await startUpload()} HTTP/1.1`, "Content-Range: 0-99", chunked], part],
      [
        400,
        [`PUT ${await startUpload()}?digest=sha256:${"a".repeat(64)} HTTP/1.1`, "Content-Range: 0-99", chunked],
        part,
      ],
      [400, [`PATCH ${await startUpload()} HTTP/1.1`, "Content-Range: 0-99", huge], bytes(mebibyte)],
      [413, ["PUT /v2/alice/app/manifests/a HTTP/1.1", type, chunked], part],
      [413, ["PUT /v2/alice/app/manifests/a HTTP/1.1", type, "Content-Length: 5000000"], bytes(mebibyte)],
      [413, ["PUT /v2/alice/app/manifests/a HTTP/1.1", type, huge], bytes(mebibyte)],
      [413, ["POST /token HTTP/1.1", chunked], part],
      [413, ["POST /token HTTP/1.1", huge], bytes(mebibyte)],
      [405, ["PUT /v2/ HTTP/1.1", huge], bytes(mebibyte)],
    ];
    const rise = await riseOf(async () => {
      const answers = await Promise.all(cases.map(([, head, body]) => stream(head, body, endless)));
      const statuses = answers.map(({ text }, at) => [cases[at]?.[1][0], text.slice(0, 12)]);
      expect(statuses).toEqual(cases.map(([status, [line]]) => [line, `HTTP/1.1 ${status}`]));
      // What the kernel takes ahead of the process is counted too.
      for (const { sentBytes } of answers) expect(sentBytes).toBeLessThan(endless * mebibyte);
    });
    expect(rise).toBeLessThan(100 * mebibyte);
    expect((await registry.send("GET", "/v2/", { as: token })).status).toBe(200);
  }, 60_000);

  it("T08 under 32 manifests at once that never end", async () => {
    const head = ["PUT /v2/alice/app/manifests/a HTTP/1.1", "Content-Type: a/b", "Transfer-Encoding: chunked"];
    const rise = await riseOf(async () => {
      const answers = await Promise.all(Array.from({ length: 32 }, () => stream(head, chunkOf(mebibyte), 64)));
      for (const { text } of answers) expect(text).toMatch(/^HTTP\/1\.1 413 /);
    });
    // Each may be held up to its limit of 4 MiB.
    expect(rise).toBeLessThan(300 * mebibyte);
  }, 60_000);

  it("under 200 uploads at once, of which it holds no more than a little each", async () => {
    const part = bytes(64 * 1024);
    const locations = await Promise.all(Array.from({ length: 200 }, startUpload));
    let answers: readonly Streamed[] = [];
    const rise = await riseOf(async () => {
      answers = await Promise.all(
        locations.map((at) => stream([`PATCH ${at} HTTP/1.1`, `Content-Length: ${24 * part.length}`], part, 24)),
      );
    });
    for (const { text } of answers) expect(text).toMatch(/^HTTP\/1\.1 202 /);
    // 300 MiB have passed.
    expect(rise).toBeLessThan(250 * mebibyte);
  }, 60_000);
});
