import { describe, expect, it } from "vitest";
import { checksumOf, createToken, findTokenKind, hashToken, looksLikeToken, redactTokens } from "./token-format.ts";

const pepper = { id: "one", key: "a pepper for this test only, not a secret" };

describe("§6.4, the form of a token", () => {
  it.each([
    ["LayerportTestVectorDoNotUse001", "3ubdy7"],
    ["LayerportTestVectorDoNotUse013", "0dQNHq"],
  ])("has the checksum of the written vector: %s%s", (random, checksum) => {
    expect(checksumOf(random)).toBe(checksum);
    expect(findTokenKind(`lp_pat_${random}${checksum}`)).toBe("pat");
  });

  it.each(["pat", "rob", "org", "bld", "ref", "whk"] as const)(
    "is lp_%s_ and 36 characters that scanners find",
    (kind) => {
      const token = createToken(kind);
      expect(token).toMatch(new RegExp(`^lp_${kind}_[0-9A-Za-z]{36}$`));
      expect(findTokenKind(token)).toBe(kind);
    },
  );

  it("draws every character alike: none of 62 is a fifth off its share in 62,000", () => {
    const counts = new Map<string, number>();
    for (let drawn = 0; drawn < 62_000; drawn += 30) {
      for (const character of createToken("pat").slice(7, 37)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    expect(Math.min(...counts.values())).toBeGreaterThan(800);
    expect(Math.max(...counts.values())).toBeLessThan(1200);
  });

  it("is not found in a token with a typing error, another prefix, or anything around it", () => {
    const token = `lp_pat_LayerportTestVectorDoNotUse0013ubdy7`;
    for (const wrong of [
      token.replace("Vector", "Vectro"),
      token.replace("3ubdy7", "3ubdy8"),
      token.replace("lp_pat_", "lp_xxx_"),
      token.replace("lp_pat_", "LP_PAT_"),
      `${token} `,
      `${token}\n`,
      token.slice(0, -1),
      "",
    ]) {
      expect(findTokenKind(wrong)).toBeUndefined();
    }
  });

  it("tells what was meant as a token from passwords", () => {
    expect(looksLikeToken("lp_pat_mistyped")).toBe(true);
    expect(looksLikeToken("lp_password")).toBe(false);
  });
});

describe("T27, what is stored of a token", () => {
  it("depends on the whole token, its prefix included, and on the pepper", () => {
    const body = "LayerportTestVectorDoNotUse0013ubdy7";
    const hash = hashToken(pepper, `lp_pat_${body}`);
    expect(hash).toHaveLength(32);
    expect(hash.equals(hashToken(pepper, `lp_rob_${body}`))).toBe(false);
    expect(hash.equals(hashToken({ ...pepper, key: "another pepper" }, `lp_pat_${body}`))).toBe(false);
  });
});

describe("T26, text for logs", () => {
  it("keeps of each token its prefix only", () => {
    const token = createToken("pat");
    expect(redactTokens(`-u mia:${token} and ${createToken("ref")}.`)).toBe(
      "-u mia:lp_pat_[redacted] and lp_ref_[redacted].",
    );
    expect(redactTokens("nothing here")).toBe("nothing here");
  });
});
