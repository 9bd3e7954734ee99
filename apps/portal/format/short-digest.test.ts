import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { shortDigest, splitDigest } from "./short-digest.ts";

const hex = createHash("sha256").update("a layer").digest("hex");

it("keeps twelve digits and drops the algorithm", () => {
  expect(shortDigest(`sha256:${hex}`)).toBe(hex.slice(0, 12));
});

it("splits into parts that join to the whole", () => {
  const { algorithm, short, rest } = splitDigest(`sha256:${hex}`);
  expect(algorithm).toBe("sha256:");
  expect(short).toHaveLength(12);
  expect(algorithm + short + rest).toBe(`sha256:${hex}`);
});
