import { describe, expect, it } from "vitest";
import { Turnstile } from "./turnstile.ts";

describe("a turnstile", () => {
  it("lets at most so many through at a time, in the order in which they came, failures included", async () => {
    const turnstile = new Turnstile(2);
    const begun: number[] = [];
    let atOnce = 0;
    let most = 0;
    const pass = (number: number) =>
      turnstile.pass(async () => {
        begun.push(number);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atOnce -= 1;
        if (number % 3 === 0) throw new Error("failed");
      });
    const numbers = Array.from({ length: 10 }, (_, number) => number);
    const settled = await Promise.allSettled(numbers.map(pass));
    expect(begun).toEqual(numbers);
    expect(most).toBe(2);
    expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(4);
    await expect(pass(1)).resolves.toBeUndefined();
  });
});
