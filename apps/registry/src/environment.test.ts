import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.ts";

const minimal = {
  DATABASE_URL: "postgresql://localhost/layerport",
  LAYERPORT_STORAGE_DIR: "/srv/blobs",
  LAYERPORT_SECRETS_DIR: "/srv/secrets",
  LAYERPORT_PORTAL_URL: "http://127.0.0.1:3000",
  LAYERPORT_WORKER_URL: "http://127.0.0.1:3001",
};

describe("readEnvironment", () => {
  it("answers for the public host and for this machine's own names at its port", () => {
    const { allowedHosts } = readEnvironment({ ...minimal, LAYERPORT_PORT: "5000", LAYERPORT_HOST: "10.0.0.7" });
    expect([...allowedHosts].sort()).toEqual(["10.0.0.7:5000", "127.0.0.1:5000", "[::1]:5000", "localhost:5000"]);
  });

  it("takes a public host with and without the port that its protocol implies", () => {
    const { allowedHosts, address } = readEnvironment({
      ...minimal,
      LAYERPORT_HOST: "0.0.0.0",
      LAYERPORT_PUBLIC_URL: "https://Registry.Example",
      LAYERPORT_ALLOWED_HOSTS: "registry.internal:5000, ",
    });
    expect(address).toEqual({ url: "https://registry.example", host: "registry.example" });
    expect(allowedHosts.has("registry.example")).toBe(true);
    expect(allowedHosts.has("registry.example:443")).toBe(true);
    expect(allowedHosts.has("registry.example:80")).toBe(false);
    expect(allowedHosts.has("registry.internal:5000")).toBe(true);
    expect(allowedHosts.has("0.0.0.0:5000")).toBe(false);
  });

  it("lets people delete and an address open 1,000 connections, unless it is told otherwise", () => {
    expect(readEnvironment(minimal)).toMatchObject({ allowsDeletes: true, connectionsPerAddress: 1000 });
    const told = { ...minimal, LAYERPORT_DELETES: "off", LAYERPORT_CONNECTIONS_PER_ADDRESS: "0" };
    expect(readEnvironment(told)).toMatchObject({ allowsDeletes: false, connectionsPerAddress: 0 });
  });

  it.each([
    ["LAYERPORT_PORT", "70000"],
    ["LAYERPORT_PORT", "http"],
    ["LAYERPORT_PUBLIC_URL", "localhost:5000"],
    ["LAYERPORT_PUBLIC_URL", "http://localhost:5000/path"],
    ["LAYERPORT_PORTAL_URL", ""],
    ["LAYERPORT_WORKER_URL", "ftp://x"],
    ["LAYERPORT_STORAGE_DIR", ""],
    ["LAYERPORT_SECRETS_DIR", ""],
    ["DATABASE_URL", ""],
    ["LOG_LEVEL", "loud"],
    ["LAYERPORT_DELETES", "no"],
    ["LAYERPORT_CONNECTIONS_PER_ADDRESS", "-1"],
  ])("refuses %s=%s in one line that names it", (name, value) => {
    expect(() => readEnvironment({ ...minimal, [name]: value })).toThrow(new RegExp(`^${name} [^\\n]+$`));
  });
});
