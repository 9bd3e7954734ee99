import { createHmac, randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { AccountError } from "./account-error.ts";
import { BoundedCache } from "./bounded-cache.ts";

/** What a form may say about passwords before it is sent. */
export const passwordRules = { minimumCharacters: 10, maximumCharacters: 256 } as const;

// The package's own default is argon2id with one lane; cost as OWASP recommends for it.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashing shares libuv's threads with the reading and writing of blobs, so it may take two of them at most. */
const maximumAtOnce = 2;

const easyPasswords = new Set(
  `1234567890 0123456789 12345678910 123456789a 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty1234 qwerty12345 qwerty123456
  password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 administrator admin12345 adminadmin
  letmein123 letmein1234 welcome123 welcome1234 changeme12 changeme123 changemenow iloveyou123 abcdefghij abcd123456
  layerport1 layerport12 layerport123 docker1234 registry123 correcthorsebatterystaple`.split(/\s+/),
);

/**
 * Refuses a password that is too short, too long or too easy for this person. Any characters serve; nothing else is
 * asked for.
 * @throws PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_EASY
 */
export function checkPassword(password: string, person: { readonly name: string; readonly email: string }): void {
  const normal = password.normalize("NFC");
  const characters = Array.from(normal);
  if (characters.length < passwordRules.minimumCharacters) throw new AccountError("PASSWORD_TOO_SHORT");
  if (characters.length > passwordRules.maximumCharacters) throw new AccountError("PASSWORD_TOO_LONG");
  const lower = normal.toLowerCase();
  const isEasy = easyPasswords.has(lower) || lower === person.name || lower === person.email;
  if (isEasy || new Set(characters).size < 4) throw new AccountError("PASSWORD_TOO_EASY");
}

/** Hashes and verifies passwords, two at a time. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Whether it is the password. Takes as long when there is no account, so nobody learns which names exist. */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
  /** Whether this process has verified the same password against the same stored hash lately. */
  isVerified(passwordHash: string | undefined, password: string): boolean;
}

/** Passwords are compared in Unicode's composed form, so that every keyboard types the same one. */
export function openPasswords(): Passwords {
  const enter = openGate(maximumAtOnce);
  // A client that sends its password with each request would otherwise cost a hash each time. What is remembered
  // ends with the process, and with the stored hash.
  const verified = new BoundedCache<true>(1000);
  const processKey = randomBytes(32);
  const keyOf = (passwordHash: string, password: string) =>
    createHmac("sha256", processKey).update(`${passwordHash}\0${password}`).digest("base64");
  const decoy = enter(() => hash(randomBytes(16).toString("hex"), cost));

  return {
    hash: (password) => enter(() => hash(password.normalize("NFC"), cost)),
    async verify(passwordHash, password) {
      if (Array.from(password.normalize("NFC")).length > passwordRules.maximumCharacters) return false;
      const stored = passwordHash ?? (await decoy);
      const isRight = await enter(() => verify(stored, password.normalize("NFC")));
      if (!isRight || passwordHash === undefined) return false;
      verified.put(keyOf(passwordHash, password), true);
      return true;
    },
    isVerified: (passwordHash, password) =>
      passwordHash !== undefined && verified.find(keyOf(passwordHash, password)) === true,
  };
}

function openGate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
