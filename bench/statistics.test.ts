import { describe, expect, it } from "vitest";
import { mannWhitneyP, median, percentile } from "./statistics.ts";

const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

describe("mannWhitneyP", () => {
  it("answers what other programs of statistics do for the same samples", () => {
    expect(mannWhitneyP(from(1, 5), from(6, 5))).toBeCloseTo(0.01219, 4);
    expect(mannWhitneyP([1.1, 2.2, 3.3, 4.4], [0.5, 2.5, 3.5, 9, 10])).toBeCloseTo(0.5403, 3);
  });

  it("finds no difference between samples that are the same, or all of one value", () => {
    expect(mannWhitneyP(from(1, 100), from(1, 100))).toBeCloseTo(1, 6);
    expect(mannWhitneyP(Array(50).fill(3), Array(50).fill(3))).toBe(1);
  });

  it("finds a shift that is small beside the spread, when the samples are large", () => {
    // Every value of the second lies half a step above one of the first, and all of them 50 steps higher.
    expect(
      mannWhitneyP(
        from(0, 2_000),
        from(50, 2_000).map((value) => value + 0.5),
      ),
    ).toBeLessThan(0.01);
    expect(
      mannWhitneyP(
        from(0, 2_000),
        from(1, 2_000).map((value) => value + 0.5),
      ),
    ).toBeGreaterThan(0.9);
  });
});

describe("percentile", () => {
  it("lies between two neighbours where it falls between them", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(percentile(from(0, 101), 0.99)).toBeCloseTo(99);
  });
});
