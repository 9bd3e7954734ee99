import { createHash } from "node:crypto";
import { type Digest, type DigestAlgorithm, formatDigest } from "@layerport/registry-core";

/** The bytes of a text, or that many bytes in which no two places look alike; the same ones at every call. */
export function bytes(content: string | number): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  const filled = new Uint8Array(content);
  // A linear congruential generator (Numerical Recipes' constants): quick, and of the same bytes on every machine.
  let state = content >>> 0;
  for (let at = 0; at < filled.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    filled[at] = state >>> 24;
  }
  return filled;
}

/** The digest of some content. */
export function digestOf(content: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Digest {
  return formatDigest(algorithm, createHash(algorithm).update(content).digest("hex"));
}

/** Sends the parts one after another, as a request's body does. */
export async function* sending(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** Sends the parts and then fails, as a connection that breaks does. */
export async function* sendingThenFailing(error: Error, ...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
  throw error;
}

/** Everything that arrives, in one piece. */
export async function collect(arriving: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  // Copied, since a sender may use its buffer again.
  for await (const part of arriving) parts.push(part.slice());
  return concatenate(parts);
}

/** The parts, one after another. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
