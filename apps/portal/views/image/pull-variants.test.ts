import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { pullName, pullVariants } from "./pull-variants.ts";

const image = { host: "reg.example.com", repository: "acme/api" };

it("names a tag with a colon and a digest with an at sign", () => {
  const digest = `sha256:${createHash("sha256").update("manifest").digest("hex")}`;
  expect(pullName({ ...image, reference: "4.12.1" })).toBe("reg.example.com/acme/api:4.12.1");
  expect(pullName({ ...image, reference: digest })).toBe(`reg.example.com/acme/api@${digest}`);
});

it("says the same image to every client", () => {
  const variants = pullVariants({ ...image, reference: "4.12.1" });
  expect(variants.map(({ id }) => id)).toEqual(["docker", "podman", "nerdctl", "crane", "kubernetes", "compose"]);
  for (const { text } of variants) expect(text).toContain("reg.example.com/acme/api:4.12.1");
});
