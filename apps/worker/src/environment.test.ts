import { describe, expect, it } from "vitest";
import { EnvironmentError, readEnvironment } from "./environment.ts";

const whole = {
  DATABASE_URL: "postgresql://layerport:not-for-a-log@127.0.0.1:5432/layerport",
  LAYERPORT_PUBLIC_URL: "http://localhost:5000/",
  LAYERPORT_SECRETS_DIR: "/data/secrets",
  LAYERPORT_STORAGE_DIR: "/data/blobs",
  LAYERPORT_WORKER_PORT: "5002",
};

describe("the worker's environment", () => {
  it("is read whole, with a level for the log unless one is given", () => {
    expect(readEnvironment(whole)).toEqual({
      databaseUrl: whole.DATABASE_URL,
      publicUrl: "http://localhost:5000",
      secretsDirectory: "/data/secrets",
      storageDirectory: "/data/blobs",
      port: 5002,
      logLevel: "info",
    });
    expect(readEnvironment({ ...whole, LOG_LEVEL: "debug" })).toMatchObject({ logLevel: "debug" });
  });

  it.each([
    ["DATABASE_URL", undefined],
    ["DATABASE_URL", "mysql://root:not-for-a-log@127.0.0.1/x"],
    ["LAYERPORT_PUBLIC_URL", "localhost:5000"],
    ["LAYERPORT_SECRETS_DIR", ""],
    ["LAYERPORT_STORAGE_DIR", undefined],
    ["LAYERPORT_WORKER_PORT", "http"],
    ["LAYERPORT_WORKER_PORT", "70000"],
    ["LOG_LEVEL", "loud"],
  ])("without a good %s (%j) is one line that names it and shows no value", (name, value) => {
    const read = () => readEnvironment({ ...whole, [name]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(`the worker cannot start: missing or malformed ${name}`);
    expect(read).not.toThrow("not-for-a-log");
  });
});
