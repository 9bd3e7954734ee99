import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogFile } from "./log-file.ts";

let directory = "";
let errors: string[] = [];
let log: LogFile;

function append(text: string): void {
  const descriptor = log.open();
  fs.writeSync(descriptor, text);
  fs.closeSync(descriptor);
}

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-log-"));
  errors = [];
  log = new LogFile(path.join(directory, "registry.log"), (line) => errors.push(line));
});

afterEach(() => {
  log.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

describe("LogFile", () => {
  it("shows people what went wrong, each once, and nothing else", () => {
    append('{"level":"info","msg":"pulled"}\n{"level":"error","msg":"storage","err":{"message":"disk gone"}}\n');
    log.look();
    log.look();
    append('{"level":"fatal","msg":"cannot go on"}\n');
    log.look();
    expect(errors).toEqual(["storage: disk gone", "cannot go on"]);
  });

  it("waits for the end of a line that is only half written", () => {
    append('{"level":"error","ms');
    log.look();
    expect(errors).toEqual([]);
    append('g":"late"}\n');
    log.look();
    expect(errors).toEqual(["late"]);
  });

  it("tells why a child ended by the last line that names an error", () => {
    append('{"level":"info","msg":"up"}\nError: listen EADDRINUSE\n    at Server.listen\n    at main\n');
    expect(log.lastLine()).toBe("Error: listen EADDRINUSE");
  });

  it("moves a log that grew large aside, and the child goes on writing to the emptied file", () => {
    const descriptor = log.open();
    fs.writeSync(descriptor, `${"x".repeat(1024)}\n`.repeat(66 * 1024));
    log.look();
    expect(fs.statSync(`${log.path}.1`).size).toBeGreaterThan(64 * 1024 * 1024);
    fs.writeSync(descriptor, '{"level":"error","msg":"after"}\n');
    fs.closeSync(descriptor);
    log.look();
    expect(errors).toEqual(["after"]);
    expect(fs.statSync(log.path).size).toBeLessThan(100);
  });
});
