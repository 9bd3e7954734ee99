import { expect, it } from "vitest";
import { formatCount, formatCounted, formatShortCount } from "./count.ts";

it.each([
  [0, "0"],
  [310, "310"],
  [999, "999"],
  [1_000, "1k"],
  [1_234, "1.2k"],
  [8_100, "8.1k"],
  [22_400, "22k"],
  [123_456, "123k"],
  [1_250_000, "1.3M"],
])("shortens %d to %s", (count, text) => {
  expect(formatShortCount(count)).toBe(text);
});

it("writes an exact count with separators", () => {
  expect(formatCount(1_034)).toBe("1,034");
});

it("counts one thing in the singular and all else in the plural", () => {
  expect(formatCounted(1, "tag")).toBe("1 tag");
  expect(formatCounted(0, "tag")).toBe("0 tags");
  expect(formatCounted(1_034, "repository", "repositories")).toBe("1,034 repositories");
});
