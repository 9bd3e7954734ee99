import { createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Pepper } from "./secrets.ts";

const prefixes = {
  pat: "lp_pat_",
  rob: "lp_rob_",
  org: "lp_org_",
  bld: "lp_bld_",
  ref: "lp_ref_",
  whk: "lp_whk_",
  inv: "lp_inv_",
  rst: "lp_rst_",
} as const;

/** What a token is for; each kind has a prefix of its own. */
export type TokenKind = keyof typeof prefixes;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 30;
const checksumLength = 6;
// The largest multiple of 62 that a byte can hold: what lies above would make the first characters likelier.
const firstRejectedByte = 248;
const tokenPattern = /^lp_(pat|rob|org|bld|ref|whk|inv|rst)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** A fresh token of 178 random bits. */
export function createToken(kind: TokenKind): string {
  let random = "";
  while (random.length < randomLength) {
    for (const byte of randomBytes(randomLength)) {
      if (byte < firstRejectedByte && random.length < randomLength) random += alphabet.charAt(byte % alphabet.length);
    }
  }
  return `${prefixes[kind]}${random}${checksumOf(random)}`;
}

/** The kind of a token whose checksum is right. It tells typing errors from tokens; it does not tell whose it is. */
export function findTokenKind(text: string): TokenKind | undefined {
  const [, kind, random, checksum] = tokenPattern.exec(text) ?? [];
  if (random === undefined || checksumOf(random) !== checksum) return undefined;
  return kind as TokenKind;
}

/** Whether somebody meant this text as a token, mistyped or not. */
export function looksLikeToken(text: string): boolean {
  return Object.values(prefixes).some((prefix) => text.startsWith(prefix));
}

/** What is stored of a token. The prefix is part of it, so a token never passes as one of another kind. */
export function hashToken(pepper: Pepper, token: string): Buffer {
  return createHmac("sha256", pepper.key).update(token).digest();
}

/** The text with every token in it cut to its prefix. For logs and records. */
export function redactTokens(text: string): string {
  return text.includes("lp_")
    ? text.replace(/\blp_(pat|rob|org|bld|ref|whk|inv|rst)_[0-9A-Za-z]{8,}/g, "lp_$1_[redacted]")
    : text;
}

/** The six checksum characters: CRC-32 of the random part, most significant digit first. */
export function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = "";
  for (let place = 0; place < checksumLength; place += 1) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
