import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endLeftovers, ProcessRecord } from "./process-record.ts";

let directory = "";
let file = "";
const children: ChildProcess[] = [];

async function startSleeper(): Promise<ChildProcess & { pid: number }> {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  children.push(child);
  const { pid } = child;
  if (pid === undefined) throw new Error("sleep did not start");
  return Object.assign(child, { pid });
}

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-record-"));
  file = path.join(directory, "processes.json");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  fs.rmSync(directory, { recursive: true, force: true });
});

describe("what a killed run left behind", () => {
  it("is ended and named", async () => {
    const child = await startSleeper();
    new ProcessRecord(file).note("registry", child.pid);
    const ended = once(child, "exit");
    expect(await endLeftovers(file)).toEqual(["registry"]);
    expect(await ended).toEqual([null, "SIGTERM"]);
  });

  it("does not include a process that only has the same id", async () => {
    const child = await startSleeper();
    fs.writeFileSync(file, JSON.stringify({ registry: { pid: child.pid, began: "1" } }));
    expect(await endLeftovers(file)).toEqual([]);
    expect(child.exitCode).toBeNull();
  });

  it("does not include Postgres, which has its own way to stop", async () => {
    const child = await startSleeper();
    new ProcessRecord(file).note("postgres", child.pid);
    expect(await endLeftovers(file)).toEqual([]);
    expect(child.signalCode).toBeNull();
  });

  it("is nothing after an orderly stop, and nothing where the record was cut short", async () => {
    const child = await startSleeper();
    const record = new ProcessRecord(file);
    record.note("registry", child.pid);
    record.clear();
    expect(await endLeftovers(file)).toEqual([]);
    fs.writeFileSync(file, '{ "registry": {');
    expect(await endLeftovers(file)).toEqual([]);
    expect(child.signalCode).toBeNull();
  });
});
