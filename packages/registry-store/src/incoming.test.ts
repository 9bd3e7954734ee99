import { bytes, collect, sending, sendingThenFailing } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { Incoming } from "./incoming.ts";
import { refusalOf } from "./test-store.ts";

const content = bytes(100);
const inTens = () => sending(...Array.from({ length: 10 }, (_, at) => content.subarray(at * 10, at * 10 + 10)));

describe("incoming bytes", () => {
  it("are all there when they are at most as many as asked for", async () => {
    const incoming = new Incoming({ bytes: inTens(), length: 100 });
    expect(await incoming.takeUpTo(100)).toBe(true);
    expect(Buffer.compare(incoming.head, content)).toBe(0);
  });

  it("go on from where they were looked at, and none is lost", async () => {
    const incoming = new Incoming({ bytes: inTens() });
    expect(await incoming.takeUpTo(35)).toBe(false);
    expect(incoming.head).toHaveLength(40);
    expect(await collect(incoming)).toEqual(content);
  });

  it("are none without a source", async () => {
    const incoming = new Incoming(undefined);
    expect(await incoming.takeUpTo(0)).toBe(true);
    expect(await collect(incoming)).toHaveLength(0);
  });

  it("B40: are refused as soon as they are more than declared, and at their end when they are fewer", async () => {
    let taken = 0;
    async function* counted() {
      for await (const part of inTens()) {
        taken += 1;
        yield part;
      }
    }
    expect(await refusalOf(new Incoming({ bytes: counted(), length: 15 }).takeUpTo(1000))).toBe("SIZE_INVALID");
    expect(taken).toBe(2);
    expect(await refusalOf(collect(new Incoming({ bytes: inTens(), length: 101 })))).toBe("SIZE_INVALID");
  });

  it("keep what came before the sender broke off, and say what made it", async () => {
    const cause = new Error("the connection broke");
    const incoming = new Incoming({ bytes: sendingThenFailing(cause, content), length: 200 });
    expect(await incoming.takeUpTo(1000)).toBe(true);
    expect(incoming.failure).toEqual({ cause });
    expect(incoming.head).toHaveLength(100);
    await expect(collect(incoming)).rejects.toBe(cause);
  });

  it("are left alone when nobody asked for them, and told to stop when somebody did", async () => {
    let isStopped = false;
    async function* stoppable() {
      try {
        yield* inTens();
      } finally {
        isStopped = true;
      }
    }
    await new Incoming({ bytes: stoppable() }).abandon();
    expect(isStopped).toBe(false);
    const begun = new Incoming({ bytes: stoppable() });
    await begun.takeUpTo(5);
    await begun.abandon();
    expect(isStopped).toBe(true);
  });
});
