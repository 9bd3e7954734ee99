import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { testSecrets } from "@layerport/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { matchesSecret, readSecrets } from "./secrets.ts";

const made = testSecrets();
let directory = "";

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(directory, name), text);
}

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-secrets-"));
  for (const name of fs.readdirSync(made)) fs.copyFileSync(path.join(made, name), path.join(directory, name));
});

afterEach(() => {
  fs.rmSync(directory, { recursive: true });
});

describe("readSecrets", () => {
  it("reads what Layerport made, with or without the setup token", () => {
    expect(readSecrets(directory).setupToken).toHaveLength(43);
    fs.rmSync(path.join(directory, "setup-token"));
    const secrets = readSecrets(directory);
    expect(secrets.setupToken).toBeUndefined();
    expect([...secrets.verificationKeys.keys()]).toEqual([secrets.signingKey.id]);
  });

  it("keeps the key and the pepper of before, for what was made with them", () => {
    const before = readSecrets(directory);
    for (const [name, previous] of [
      ["token-signing-key.pem", "token-signing-key.previous.pem"],
      ["token-pepper", "token-pepper.previous"],
    ] as const) {
      fs.renameSync(path.join(directory, name), path.join(directory, previous));
    }
    const { privateKey } = generateKeyPairSync("ed25519");
    write("token-signing-key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    write("token-pepper", "8Zk3vQm1Xt6Yc0Lw9Rb5Nf2Hs7Jd4Pg-");
    const after = readSecrets(directory);
    expect([...after.verificationKeys.keys()]).toEqual([after.signingKey.id, before.signingKey.id]);
    expect(after.signingKey.id).not.toBe(before.signingKey.id);
    expect(after.peppers.map(({ id }) => id)).toEqual([expect.any(String), before.peppers[0].id]);
  });

  it.each([
    ["session-secret", "changeme"],
    ["session-secret", "changeme-changeme-changeme-changeme"],
    ["session-secret", "a sample secret for the documentation"],
    ["token-pepper", "0123456701234567012345670123456"],
    ["token-pepper", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
    ["metrics-token", ""],
    ["setup-token", "let me in"],
  ])("T25: refuses %s with %j in one line that does not show it", (name, text) => {
    write(name, text);
    expect(() => readSecrets(directory)).toThrow(path.join(directory, name));
    const line = messageOf(() => readSecrets(directory));
    expect(line).not.toContain("\n");
    expect(text !== "" && line.includes(text)).toBe(false);
  });

  it("names a missing file, a file that is no key, and a key of another kind", () => {
    write("token-signing-key.pem", "no key");
    expect(messageOf(() => readSecrets(directory))).toContain("holds no private key");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    write("token-signing-key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    expect(messageOf(() => readSecrets(directory))).toContain("is not an Ed25519 key");
    fs.rmSync(path.join(directory, "token-signing-key.pem"));
    expect(messageOf(() => readSecrets(directory))).toContain("cannot be read");
  });
});

describe("T28, matchesSecret", () => {
  it("holds for the same text only, of whatever length", () => {
    expect(matchesSecret("one secret", "one secret")).toBe(true);
    for (const other of ["", "one secre", "one secret ", "two secret"])
      expect(matchesSecret("one secret", other)).toBe(false);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}
