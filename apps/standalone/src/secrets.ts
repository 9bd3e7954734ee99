import { generateKeyPairSync, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** The file, in the folder of secrets, that opens the one-time set-up. */
export const SETUP_TOKEN = "setup-token";

const makers: Record<string, () => string> = {
  "session-secret": randomText,
  "token-pepper": randomText,
  "token-signing-key.pem": () =>
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  "metrics-token": randomText,
};

/** Makes each secret that is missing, readable to this user only. A secret that exists is never changed. */
export function ensureSecrets(directory: string): void {
  for (const [name, make] of Object.entries(makers)) writeOnce(path.join(directory, name), make);
}

/** Answers the token that opens `/setup`, made when missing. */
export function ensureSetupToken(directory: string): string {
  writeOnce(path.join(directory, SETUP_TOKEN), randomText);
  return readSecret(directory, SETUP_TOKEN);
}

/** Removes the set-up token: for a portal that was killed between finishing the set-up and removing it. */
export function removeSetupToken(directory: string): void {
  fs.rmSync(path.join(directory, SETUP_TOKEN), { force: true });
}

/** Answers the text of one secret. */
export function readSecret(directory: string, name: string): string {
  return fs.readFileSync(path.join(directory, name), "utf8").trim();
}

function randomText(): string {
  return randomBytes(32).toString("base64url");
}

/** Renamed into place when it is on disk, so that a crash leaves either no secret or a whole one. */
function writeOnce(file: string, make: () => string): void {
  if (fs.existsSync(file)) return;
  const unfinished = `${file}.unfinished`;
  fs.writeFileSync(unfinished, make(), { mode: 0o600, flush: true });
  fs.renameSync(unfinished, file);
}
