import { expect, it } from "vitest";
import { formatDuration } from "./duration.ts";

it.each([
  [0, "0 ms"],
  [120, "120 ms"],
  [18_240, "18.2 s"],
  [59_949, "59.9 s"],
  [59_960, "1 m"],
  [161_000, "2 m 41 s"],
  [3_900_000, "1 h 5 m"],
  [3_600_000, "1 h"],
  [273_600_000, "3 d 4 h"],
])("writes %d ms as %s", (ms, text) => {
  expect(formatDuration(ms).replaceAll("\u00a0", " ")).toBe(text);
});
