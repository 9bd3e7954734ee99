import { expect, it } from "vitest";
import { slicePage } from "./slice-page.ts";

const letters = ["a", "b", "c", "d", "e"];
const page = (after?: string) => slicePage(letters, { limit: 2, after, keyOf: (letter) => letter });

it("a list that is read whole is shown in parts, each behind the one before", () => {
  expect(page()).toEqual({ entries: ["a", "b"], next: "b" });
  expect(page("b")).toEqual({ entries: ["c", "d"], next: "d" });
  expect(page("d")).toEqual({ entries: ["e"], next: undefined });
});

it("a part behind an entry that is gone is the first", () => {
  expect(page("x")).toEqual(page());
});

it("an exact last part has none behind it", () => {
  expect(page("c")).toEqual({ entries: ["d", "e"], next: undefined });
  expect(slicePage([], { limit: 2, after: undefined, keyOf: String })).toEqual({ entries: [], next: undefined });
});
