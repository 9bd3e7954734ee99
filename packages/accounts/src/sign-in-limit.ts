import { isIPv6 } from "node:net";
import type { Database } from "@layerport/database";
import { AccountError } from "./account-error.ts";

const windowMinutes = 15;
const failuresPerAccountAndAddress = 10;
const failuresPerAddress = 100;

/** Somebody's try at a password. */
export interface Guess {
  /** A user's id, or a keyed hash of a name that nobody has. */
  readonly account: string;
  readonly address: string;
  readonly userId: string | undefined;
}

/**
 * Limits on guessing that lock nobody else out: failures count for one account from one address, and for one address
 * over all accounts. The second does not hold for a person who has signed in from that address before.
 */
export interface SignInLimit {
  /** Counts a guess before it is checked, so that guesses made at once cannot outrun the count. Answers what to call
   * when it was right. @throws TOO_MANY_ATTEMPTS */
  begin(guess: Guess): Promise<() => Promise<void>>;
  /** Refuses as `begin` does and counts nothing: for a password that is known to be right, which a guesser must not
   * be told once the limit is reached. @throws TOO_MANY_ATTEMPTS */
  check(guess: Guess): Promise<void>;
  /** Counts a failure that needed no check, such as a token nobody has. @throws TOO_MANY_ATTEMPTS */
  fail(address: string): Promise<void>;
}

/** Limits over the table of failed sign-ins. */
export function openSignInLimit(database: Database): SignInLimit {
  const check = async ({ account, address, userId }: Guess, ownAttempt = 0): Promise<void> => {
    const [counted] = await database.query<Counted>({
      name: "sign-in-attempt-count",
      text: `SELECT count(*) FILTER (WHERE account = $1::text) AS here, count(*) AS everywhere,
          ceil(extract(epoch FROM min(at) + interval '${windowMinutes} minutes' - now()))::int AS "retryAfterSeconds",
          EXISTS (SELECT 1 FROM browser_session WHERE user_id = $4::uuid AND address = $5::text
            AND created_at > now() - interval '30 days') AS "isKnownHere"
        FROM sign_in_attempt
        WHERE address = $2::text AND at > now() - interval '${windowMinutes} minutes' AND id <> $3::bigint`,
      values: [account, limitedAddress(address), ownAttempt, userId ?? null, address],
    });
    const isOverHere = (counted?.here ?? 0) >= failuresPerAccountAndAddress;
    const isOverEverywhere = (counted?.everywhere ?? 0) >= failuresPerAddress && counted?.isKnownHere !== true;
    if (!isOverHere && !isOverEverywhere) return;
    throw new AccountError("TOO_MANY_ATTEMPTS", { retryAfterSeconds: Math.max(1, counted?.retryAfterSeconds ?? 60) });
  };
  const begin = async (guess: Guess) => {
    const { account } = guess;
    const address = limitedAddress(guess.address);
    const [attempt] = await database.query<{ id: number }>({
      name: "sign-in-attempt-begin",
      text: "INSERT INTO sign_in_attempt (account, address) VALUES ($1::text, $2::text) RETURNING id",
      values: [account, address],
    });
    try {
      await check(guess, attempt?.id);
    } catch (error) {
      // A refused try was no guess: whoever goes on trying is let in again when the window has passed.
      await database.query({
        name: "sign-in-attempt-drop",
        text: "DELETE FROM sign_in_attempt WHERE id = $1::bigint",
        values: [attempt?.id],
      });
      throw error;
    }
    return async () => {
      await database.query({
        name: "sign-in-attempt-clear",
        text: "DELETE FROM sign_in_attempt WHERE account = $1::text AND address = $2::text",
        values: [account, address],
      });
    };
  };
  return {
    begin,
    check: (guess) => check(guess),
    async fail(address) {
      await begin({ account: tokenAccount, address, userId: undefined });
    },
  };
}

const tokenAccount = "token";

interface Counted {
  readonly here: number;
  readonly everywhere: number;
  readonly retryAfterSeconds: number | null;
  readonly isKnownHere: boolean;
}

/** The address as limits count it: a host of IPv6 has a whole /64 to itself. */
export function limitedAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = "", tail = ""] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  const groups = [...before, ...(address.includes("::") ? zeros : []), ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
