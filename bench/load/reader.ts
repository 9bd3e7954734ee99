import type { Answer } from "./connection.ts";

type State = "head" | "body" | "chunk-size" | "chunk" | "chunk-end" | "trailer";

const headEnd = Buffer.from("\r\n\r\n");

/** Reads one HTTP/1.1 answer after another from the bytes of a connection, and keeps only heads and lengths. */
export class Reader {
  #state: State = "head";
  #isHead = false;
  #kept: Buffer | undefined;
  #line = "";
  #status = 0;
  #head = "";
  #left = 0;
  #bodyBytes = 0;

  /** Begins the next answer. */
  expect(isHead: boolean): void {
    this.#isHead = isHead;
    this.#state = "head";
    this.#bodyBytes = 0;
    this.#line = "";
  }

  /** The answer, once its last byte is in. The bytes may be written over afterwards. */
  read(bytes: Buffer): Answer | undefined {
    if (this.#state !== "head") return this.#readBody(bytes, 0);
    const all = this.#kept === undefined ? bytes : Buffer.concat([this.#kept, bytes]);
    const end = all.indexOf(headEnd);
    if (end === -1) {
      this.#kept = Buffer.from(all);
      return undefined;
    }
    this.#kept = undefined;
    this.#head = all.toString("latin1", 0, end);
    this.#status = Number(this.#head.slice(9, 12));
    if (this.#status === 100) throw new Error("an interim answer that nobody asked for");
    if (this.#isHead || this.#status === 204 || this.#status === 304) return this.#finish();
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1];
    if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(this.#head)) {
      throw new Error(`an answer ${this.#status} says no length`);
    }
    this.#state = length === undefined ? "chunk-size" : "body";
    this.#left = Number(length ?? 0);
    return this.#readBody(all, end + headEnd.length);
  }

  #readBody(bytes: Buffer, from: number): Answer | undefined {
    if (this.#state === "body") {
      const taken = Math.min(this.#left, bytes.length - from);
      this.#left -= taken;
      this.#bodyBytes += taken;
      return this.#left === 0 ? this.#finish() : undefined;
    }
    for (let at = from; at < bytes.length; ) {
      if (this.#state === "chunk") {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        this.#bodyBytes += taken;
        at += taken;
        if (this.#left === 0) this.#state = "chunk-end";
        continue;
      }
      const character = String.fromCharCode(bytes[at] ?? 0);
      at += 1;
      this.#line += character;
      if (character !== "\n") continue;
      const line = this.#line.trim();
      this.#line = "";
      if (this.#state === "chunk-end") {
        this.#state = "chunk-size";
      } else if (this.#state === "chunk-size") {
        this.#left = Number.parseInt(line, 16);
        if (!(this.#left >= 0)) throw new Error("a chunk without a size");
        this.#state = this.#left === 0 ? "trailer" : "chunk";
      } else if (line === "") {
        return this.#finish();
      }
    }
    return undefined;
  }

  #finish(): Answer {
    this.#state = "head";
    return { status: this.#status, head: this.#head, bodyBytes: this.#bodyBytes };
  }
}
