import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { formatEnvironmentExample, readEnvironment } from "./environment.ts";

const root = path.join(import.meta.dirname, "../../..");

describe("readEnvironment", () => {
  it("answers a Layerport on localhost:5000 with its data beside the checkout when nothing is set", () => {
    expect(readEnvironment({}, "/opt/layerport")).toEqual({
      host: "127.0.0.1",
      port: 5000,
      dataDirectory: "/opt/layerport/data",
      publicUrl: "http://localhost:5000",
      databaseUrl: undefined,
      logLevel: "info",
      parentPid: undefined,
    });
  });

  it("takes the port into the public address, unless one is given", () => {
    expect(readEnvironment({ LAYERPORT_PORT: "8080" }, "/").publicUrl).toBe("http://localhost:8080");
    const behindProxy = { LAYERPORT_PORT: "8080", LAYERPORT_PUBLIC_URL: "https://hub.example.org/" };
    expect(readEnvironment(behindProxy, "/").publicUrl).toBe("https://hub.example.org");
  });

  it.each([
    [{ LAYERPORT_PORT: "http" }, 'LAYERPORT_PORT must be a number from 1 to 65535, not "http"'],
    [{ LAYERPORT_PORT: "0" }, 'LAYERPORT_PORT must be a number from 1 to 65535, not "0"'],
    [{ LAYERPORT_PORT: "65536" }, 'LAYERPORT_PORT must be a number from 1 to 65535, not "65536"'],
    [{ LAYERPORT_PUBLIC_URL: "hub.example.org" }, "LAYERPORT_PUBLIC_URL must begin with http:// or https://"],
    [{ LAYERPORT_PUBLIC_URL: "https://hub.example.org/registry" }, "LAYERPORT_PUBLIC_URL must be a scheme, a host"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be one of trace"],
  ])("refuses %o in one line that names the variable", (source, message) => {
    expect(() => readEnvironment(source, "/")).toThrow(message);
  });

  it("refuses a DATABASE_URL that is none, without repeating its password", () => {
    for (const text of ["mysql://root:hunter2@db/app", "postgres://root:hunter2@db", "root:hunter2@db"]) {
      expect(() => readEnvironment({ DATABASE_URL: text }, "/")).toThrow(
        /^DATABASE_URL must read postgresql:\/\/user:password@host:port\/database$/,
      );
    }
  });
});

describe("formatEnvironmentExample", () => {
  it("is what .env.example holds", () => {
    expect(fs.readFileSync(path.join(root, ".env.example"), "utf8")).toBe(formatEnvironmentExample());
  });
});
