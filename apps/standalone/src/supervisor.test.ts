import { describe, expect, it } from "vitest";
import { keepRunning, type Running } from "./supervisor.ts";

/** A process that ends when it is told to. */
function fakeProcess(): Running & { end(reason: string): void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { pid: 1, exited: promise, end: resolve, stop: async () => resolve("stopped") };
}

function supervise(failures: number) {
  const lines: string[] = [];
  const started: ReturnType<typeof fakeProcess>[] = [fakeProcess()];
  let left = failures;
  const start = async () => {
    if (left-- > 0) throw new Error("no room");
    const running = fakeProcess();
    started.push(running);
    return running;
  };
  const first = started[0] ?? fakeProcess();
  const stop = keepRunning(first, { name: "registry", start, say: (line) => lines.push(line), firstWaitMs: 5 });
  return { lines, started, stop };
}

describe("keepRunning", () => {
  it("starts again what ended by itself, and says so", async () => {
    const { lines, started, stop } = supervise(0);
    started[0]?.end("ended by SIGKILL");
    await expect.poll(() => started.length).toBe(2);
    expect(lines[0]).toBe("registry stopped (ended by SIGKILL); starting it again in 0.005 s");
    await stop();
  });

  it("waits twice as long after each failure in a row, and keeps trying", async () => {
    const { lines, started, stop } = supervise(3);
    started[0]?.end("exit code 1");
    await expect.poll(() => started.length).toBe(2);
    expect(
      lines.filter((line) => line.includes("starting it again")).map((line) => / in (.*) s/.exec(line)?.[1]),
    ).toEqual(["0.005", "0.01", "0.02", "0.04"]);
    await stop();
  });

  it("starts nothing again once it was told to stop, not even in the middle of a wait", async () => {
    const { lines, started, stop } = supervise(0);
    started[0]?.end("exit code 1");
    await expect.poll(() => lines.length).toBe(1);
    await stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(started).toHaveLength(1);
  });
});
