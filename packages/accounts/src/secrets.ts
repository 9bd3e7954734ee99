import { createHash, createPrivateKey, createPublicKey, type KeyObject, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** A key for the hashes of tokens, known by an id that says nothing about it. */
export interface Pepper {
  readonly id: string;
  readonly key: string;
}

/** What only Layerport's own processes know. The files are read once, at start. */
export interface Secrets {
  readonly directory: string;
  /** Encrypts the session cookie. */
  readonly sessionSecret: string;
  /** The first makes the hashes of new tokens; those of the others are still found. */
  readonly peppers: readonly [Pepper, ...Pepper[]];
  /** Signs bearer tokens. */
  readonly signingKey: { readonly id: string; readonly key: KeyObject };
  /** Public keys by id; an earlier signing key stays here while its tokens live. */
  readonly verificationKeys: ReadonlyMap<string, KeyObject>;
  /** What a reader of `/metrics` must present. */
  readonly metricsToken: string;
  /** Present until setup is completed. */
  readonly setupToken: string | undefined;
}

/** The file that names the one who may set up a fresh instance. */
export const setupTokenFile = "setup-token";

/**
 * Reads `session-secret`, `token-pepper`, `token-signing-key.pem` (Ed25519, PKCS #8), `metrics-token` and, where they
 * exist, `setup-token`, `token-pepper.previous` and `token-signing-key.previous.pem`. A missing, short or sample secret
 * is an error of one line that names the file and never what is in it.
 */
export function readSecrets(directory: string): Secrets {
  const read = (name: string) => readSecret(path.join(directory, name), 32);
  const signingKey = readSigningKey(path.join(directory, "token-signing-key.pem"));
  const previousKey = ifPresent(path.join(directory, "token-signing-key.previous.pem"), readSigningKey);
  const previousPepper = ifPresent(path.join(directory, "token-pepper.previous"), (file) => readSecret(file, 32));
  return {
    directory,
    sessionSecret: read("session-secret"),
    peppers: [toPepper(read("token-pepper")), ...(previousPepper === undefined ? [] : [toPepper(previousPepper)])],
    signingKey,
    verificationKeys: new Map(
      [signingKey, ...(previousKey === undefined ? [] : [previousKey])].map(({ id, key }) => [
        id,
        createPublicKey(key),
      ]),
    ),
    metricsToken: read("metrics-token"),
    setupToken: ifPresent(path.join(directory, setupTokenFile), (file) => readSecret(file, 16)),
  };
}

/** Compares in the same time whatever the candidate is. */
export function matchesSecret(secret: string, candidate: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(secret), digest(candidate));
}

function readSecret(file: string, minimumLength: number): string {
  const secret = readText(file).trim();
  if (secret.length < minimumLength) {
    throw new Error(`the secret in ${file} is too short: it needs at least ${minimumLength} random characters`);
  }
  if (isSample(secret)) throw new Error(`the secret in ${file} is a sample: put random characters there`);
  return secret;
}

/** Words of examples, and text with so few different characters that nobody drew it at random. */
function isSample(secret: string): boolean {
  return (
    /change.?me|change.?this|replace|example|sample|placeholder|password|insecure|your.?secret/i.test(secret) ||
    new Set(secret).size < 8
  );
}

function readSigningKey(file: string): { readonly id: string; readonly key: KeyObject } {
  const text = readText(file);
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (error) {
    throw new Error(`${file} holds no private key in PKCS #8 form`, { cause: error });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`the key in ${file} is not an Ed25519 key`);
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return { id: createHash("sha256").update(spki).digest("base64url").slice(0, 16), key };
}

function toPepper(key: string): Pepper {
  return { id: createHash("sha256").update(`layerport pepper id ${key}`).digest("hex").slice(0, 8), key };
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`the secret in ${file} cannot be read`, { cause: error });
  }
}

function ifPresent<T>(file: string, read: (file: string) => T): T | undefined {
  return fs.existsSync(file) ? read(file) : undefined;
}
