import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "@layerport/database";
import { testDatabase } from "@layerport/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { openLog } from "./log.ts";
import { openMetrics } from "./metrics.ts";
import { startWorkQueue } from "./work-queue.ts";

const databaseUrl = await testDatabase();
const database = openDatabase({ url: databaseUrl, connections: 2 });
afterAll(() => database.close());

const lines: string[] = [];
const log = openLog("info", { write: (line) => lines.push(line) });

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isDone()) return;
    await delay(25);
  }
  throw new Error("it did not happen within ten seconds");
}

function counted(metrics: ReturnType<typeof openMetrics>, name: string, outcome: string): Promise<boolean> {
  return metrics.format().then((text) => text.includes(`layerport_work_total{name="${name}",outcome="${outcome}"} 1`));
}

describe("the queue of work", () => {
  it("does each kind once when it starts, logs how much, counts it, and keeps its schedule", async () => {
    const metrics = openMetrics();
    let runs = 0;
    const run = async () => {
      runs += 1;
      return 7;
    };
    const queue = await startWorkQueue({
      databaseUrl,
      work: [{ name: "sweep-up", schedule: "3 4 * * *", run }],
      log,
      metrics,
    });
    await until(() => counted(metrics, "sweep-up", "succeeded"));
    expect(runs).toBe(1);
    expect(JSON.parse(lines.find((line) => line.includes("sweep-up")) ?? "")).toMatchObject({
      work: "sweep-up",
      removed: 7,
    });
    await until(async () => {
      const known = await database.query({
        text: "SELECT 1 FROM graphile_worker._private_known_crontabs WHERE identifier = 'sweep-up'",
      });
      return known.length === 1;
    });
    await queue.stop();
  });

  it("tries work again that failed, and counts the failure", async () => {
    const metrics = openMetrics();
    let runs = 0;
    const run = async () => {
      runs += 1;
      if (runs === 1) throw new Error("the disk is asleep");
      return 0;
    };
    const queue = await startWorkQueue({
      databaseUrl,
      work: [{ name: "hard-work", schedule: "3 4 * * *", run }],
      log,
      metrics,
    });
    await until(() => counted(metrics, "hard-work", "failed"));
    expect(lines.some((line) => line.includes("the disk is asleep"))).toBe(true);
    const text = "UPDATE graphile_worker._private_jobs SET run_at = now() WHERE last_error LIKE '%hard-work%'";
    await database.query({ text });
    await until(() => counted(metrics, "hard-work", "succeeded"));
    await queue.stop();
  });

  it("F36: starts again after Postgres has ended its connections, in the middle of work that fails for it", async () => {
    const metrics = openMetrics();
    let runs = 0;
    const run = async () => {
      runs += 1;
      if (runs > 1) return 0;
      await database.query({
        text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      });
      throw new Error("the connection is gone");
    };
    const work = [{ name: "steady", schedule: "3 4 * * *", run }];
    const queue = await startWorkQueue({ databaseUrl, work, log, metrics });
    await until(() => counted(metrics, "steady", "failed"));
    await until(() => counted(metrics, "steady", "succeeded"));
    expect(queue.isRunning()).toBe(true);
    await queue.stop();
    expect(queue.isRunning()).toBe(false);
    await expect(queue.ask("steady")).rejects.toThrow("the queue of work is down");
  });

  it("lets work end that has begun before it stops", async () => {
    const metrics = openMetrics();
    const events: string[] = [];
    const run = async () => {
      events.push("begun");
      await delay(300);
      events.push("ended");
      return 0;
    };
    const queue = await startWorkQueue({
      databaseUrl,
      work: [{ name: "slow", schedule: "3 4 * * *", run }],
      log,
      metrics,
    });
    await until(() => events.includes("begun"));
    await queue.stop();
    expect(events).toEqual(["begun", "ended"]);
  });
});
