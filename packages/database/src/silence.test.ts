import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";

/** A way to a database that can be told to carry nothing more, without saying so. */
async function openWay(url: string) {
  const target = new URL(url);
  // Nobody may be connected to the template.
  target.pathname = "/postgres";
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => other.destroy());
      socket.on("data", (bytes) => void (isSilent || other.write(bytes)));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = new URL(target);
  own.port = String(typeof address === "object" && address ? address.port : 0);
  return {
    url: own.href,
    carry: (carries: boolean) => {
      isSilent = !carries;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe("a database whose network drops what it carries (F36 F59)", async () => {
  const way = await openWay(process.env.LAYERPORT_TEST_DATABASE_URL ?? "");
  const errors: Error[] = [];
  const database = openDatabase({
    url: way.url,
    connections: 2,
    waitMs: 2_000,
    statementMs: 500,
    lookUpStatementMs: 500,
    answerGraceMs: 200,
    onConnectionError: (error) => errors.push(error),
  });
  afterAll(async () => {
    await database.close();
    way.close();
  });

  it("answers everybody with a failure in time, and works again over new connections", async () => {
    const lease = await database.leases.tryAcquire("kept");
    await Promise.all([database.ping(), database.ping(), database.lookUp({ text: "SELECT 1" })]);
    way.carry(false);
    const startedAt = performance.now();
    const settled = await Promise.allSettled([
      database.ping(),
      database.transaction((transaction) => transaction.query({ text: "SELECT 1" })),
      database.query({ text: "SELECT 1" }),
      database.lookUp({ text: "SELECT 1" }),
      database.leases.tryAcquire("another"),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    expect(settled[0]).toMatchObject({ reason: { message: expect.stringMatching(/Connection terminated/) } });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(lease?.lost.aborted).toBe(true);
    way.carry(true);
    await database.ping();
    expect(await database.lookUp({ text: "SELECT 1 AS one" })).toEqual([{ one: 1 }]);
    const taken = await database.leases.tryAcquire("another");
    expect(taken?.lost.aborted).toBe(false);
    await taken?.release();
  });

  it("breaks no connection that is only idle, or that waits for a statement which takes its time", async () => {
    await database.ping();
    const [before] = await database.query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid" });
    errors.length = 0;
    await delay(1_000);
    await database.query({ text: "SELECT pg_sleep(0.4)" });
    const pids = await Promise.all(
      [1, 2].map(() => database.query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid" })),
    );
    expect(pids.flat().map(({ pid }) => pid)).toContain(before?.pid);
    expect(errors).toEqual([]);
  });
});
