import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { image } from "@layerport/testkit";
import { expect, it } from "vitest";
import { password } from "./test-door.ts";
import { prepareProcess } from "./test-process.ts";

const registry = await prepareProcess();

it("keeps what it acknowledged over a SIGKILL, and ends by itself with SIGTERM", async () => {
  const made = image({ layers: ["base", "app"] });
  const first = await registry.start();
  for (const part of made.blobs) {
    const path = `/v2/alice/app/blobs/uploads/?digest=${part.descriptor.digest}`;
    expect((await registry.send("POST", path, { as: registry.alice, body: part.content })).status).toBe(201);
  }
  const large = Buffer.alloc(1_000_000, "layer");
  const upload = await registry.send("POST", "/v2/alice/app/blobs/uploads/", { as: registry.alice });
  expect(
    (await registry.send("PATCH", upload.headers.location ?? "", { as: registry.alice, body: large })).status,
  ).toBe(202);
  const headers = { "content-type": made.mediaType };
  expect(
    (await registry.send("PUT", "/v2/alice/app/manifests/v1", { as: registry.alice, body: made.content, headers }))
      .status,
  ).toBe(201);
  first.child.kill("SIGKILL");
  expect(await first.exited).toBe("SIGKILL");

  const second = await registry.start();
  const manifest = await registry.send("GET", "/v2/alice/app/manifests/v1", { as: registry.alice });
  expect(manifest.body.equals(made.content)).toBe(true);
  for (const part of made.blobs) {
    const answer = await registry.send("GET", `/v2/alice/app/blobs/${part.descriptor.digest}`, { as: registry.alice });
    expect(answer.body.equals(part.content)).toBe(true);
  }
  const progress = await registry.send("GET", upload.headers.location ?? "", { as: registry.alice });
  expect([progress.status, progress.headers.range]).toEqual([204, `0-${large.length - 1}`]);

  second.child.kill("SIGTERM");
  expect(await second.exited).toBe(0);
  const lines = second.output().trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expect.arrayContaining(["listening", "request", "ended"]));
  expect(second.output()).not.toContain(password);
}, 60_000);

it("ends when the process that watches over it has gone", async () => {
  const parent = spawn("sleep", ["60"]);
  const watched = await registry.start({ LAYERPORT_PARENT_PID: String(parent.pid) });
  parent.kill("SIGKILL");
  expect(await watched.exited).toBe(0);
}, 30_000);

it("says in one line what keeps it from starting", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const taken = String((blocker.address() as AddressInfo).port);
  const cases: readonly [Record<string, string | undefined>, RegExp][] = [
    [{ DATABASE_URL: undefined }, /^DATABASE_URL must be set$/],
    [{ LAYERPORT_PORT: "x" }, /^LAYERPORT_PORT must be a number up to 65535, not "x"$/],
    [{ LAYERPORT_SECRETS_DIR: "/nowhere" }, /^[^\n]*\/nowhere\/[^\n]*$/],
    [{ LAYERPORT_PORT: taken }, new RegExp(`^[^\\n]*EADDRINUSE[^\\n]*${taken}$`)],
  ];
  for (const [overrides, expected] of cases) {
    const failed = registry.run(overrides);
    expect(await failed.exited).toBe(1);
    expect(failed.output().trim()).toMatch(expected);
  }
  blocker.close();
}, 60_000);
