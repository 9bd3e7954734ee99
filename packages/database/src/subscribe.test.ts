import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";

// No table is needed, and a connection to the template would keep others from cloning it.
const url = new URL(process.env.LAYERPORT_TEST_DATABASE_URL ?? "");
url.pathname = "/postgres";
const errors: Error[] = [];
const database = openDatabase({
  url: url.href,
  connections: 2,
  onConnectionError: (error) => errors.push(error),
});
afterAll(() => database.close());

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isDone()); tries += 1) {
    if (tries > 200) throw new Error("it did not happen within five seconds");
    await delay(25);
  }
}

async function notify(payload: string): Promise<boolean> {
  await database.query({ text: "SELECT pg_notify('news', $1)::text AS sent", values: [payload] });
  return false;
}

describe("a subscription", () => {
  it.each([0, 1, 5, 20])("closes %i ms after it was opened, connected or not, without an error", async (ms) => {
    const subscription = database.subscribe("news", () => {});
    if (ms > 0) await delay(ms);
    await subscription.close();
    await subscription.close();
    expect(errors).toEqual([]);
  });

  it("is told what is sent, and that something may have been missed when its connection broke", async () => {
    const told: string[] = [];
    const subscription = database.subscribe("news", (payload) => told.push(payload));
    await until(async () => told.length > 0 || notify("first"));
    await database.query({
      text: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN news'",
    });
    await until(() => told.includes(""));
    told.length = 0;
    await notify("second");
    await until(() => told.includes("second"));
    await subscription.close();
    await notify("third");
    expect(told).not.toContain("third");
  });
});
