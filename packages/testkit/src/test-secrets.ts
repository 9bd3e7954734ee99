import { generateKeyPairSync, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/**
 * Makes a folder with fresh secrets, the files that `readSecrets` of accounts reads, and answers its path. It is removed
 * when the test file ends. Call it at the top of the file.
 */
export function testSecrets(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-secrets-"));
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, text: string) => fs.writeFileSync(path.join(directory, name), text, { mode: 0o600 });
  for (const name of ["session-secret", "token-pepper", "metrics-token", "setup-token"]) {
    write(name, randomBytes(32).toString("base64url"));
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  write("token-signing-key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  return directory;
}
