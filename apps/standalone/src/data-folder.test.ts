import { fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataFolder } from "./data-folder.ts";
import { lockDataFolder } from "./folder-lock.ts";
import { ensureSecrets, ensureSetupToken, readSecret } from "./secrets.ts";

let directory = "";

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-data-"));
});

afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

describe("openDataFolder", () => {
  it("makes the folder and keeps secrets, blobs and logs to this user", () => {
    const folder = openDataFolder(path.join(directory, "new"));
    for (const inner of [folder.secrets, folder.blobs, folder.logs]) {
      expect(fs.statSync(inner).mode & 0o777).toBe(0o700);
    }
  });

  it("says that the folder is not a folder where a file has its name", () => {
    const file = path.join(directory, "file");
    fs.writeFileSync(file, "");
    expect(() => openDataFolder(file)).toThrow(`the data folder ${file} is not a folder`);
    expect(() => openDataFolder(path.join(file, "below"))).toThrow(`the data folder ${file}/below is not a folder`);
  });
});

describe("lockDataFolder", () => {
  it("lets one process in, names it to the next, and lets the next in when the first lets go", async () => {
    const release = await lockDataFolder(directory);
    await expect(lockDataFolder(directory)).rejects.toThrow(
      `another Layerport (process ${process.pid}) already runs on the data folder ${directory}`,
    );
    release();
    const releaseAgain = await lockDataFolder(directory);
    releaseAgain();
  });

  it("knows the folder by what it is, not by the path that leads to it", async () => {
    const release = await lockDataFolder(directory);
    fs.symlinkSync(directory, `${directory}-link`);
    try {
      await expect(lockDataFolder(`${directory}-link`)).rejects.toThrow("already runs on the data folder");
    } finally {
      fs.rmSync(`${directory}-link`);
      release();
    }
  });

  it("is free again the moment its holder was killed", async () => {
    const script = path.join(directory, "hold.mjs");
    const module = JSON.stringify(path.join(import.meta.dirname, "folder-lock.ts"));
    fs.writeFileSync(
      script,
      `const { lockDataFolder } = await import(${module});
       await lockDataFolder(${JSON.stringify(directory)});
       process.send("locked");
       setInterval(() => {}, 1000);`,
    );
    const holder = fork(script);
    await once(holder, "message");
    await expect(lockDataFolder(directory)).rejects.toThrow(`process ${holder.pid}`);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const release = await lockDataFolder(directory);
    release();
  });
});

describe("secrets", () => {
  it("are made once, readable to this user only, and never changed afterwards", () => {
    ensureSecrets(directory);
    const names = fs.readdirSync(directory).sort();
    expect(names).toEqual(["metrics-token", "session-secret", "token-pepper", "token-signing-key.pem"]);
    const before = names.map((name) => readSecret(directory, name));
    expect(new Set(before).size).toBe(names.length);
    for (const name of names) expect(fs.statSync(path.join(directory, name)).mode & 0o777).toBe(0o600);
    ensureSecrets(directory);
    expect(names.map((name) => readSecret(directory, name))).toEqual(before);
  });

  it("give the same set-up link until the set-up is finished", () => {
    const token = ensureSetupToken(directory);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(ensureSetupToken(directory)).toBe(token);
  });
});
