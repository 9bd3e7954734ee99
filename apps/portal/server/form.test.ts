import { describe, expect, it } from "vitest";
import { z } from "zod";
import { asSentence, readForm } from "./form.ts";

const schema = z.strictObject({ name: z.string().max(10), days: z.enum(["7", "30"]) });

function form(fields: readonly (readonly [string, string | Blob])[]): FormData {
  const made = new FormData();
  for (const [name, value] of fields) made.append(name, value);
  return made;
}

describe("T37 B59 a form's fields", () => {
  it("are read as the page's schema knows them", () => {
    const sent = form([
      ["name", "laptop"],
      ["days", "30"],
    ]);
    expect(readForm(schema, sent)).toEqual({ name: "laptop", days: "30" });
  });

  it("may stand beside those that React adds for a form without a script", () => {
    const sent = form([
      ["$ACTION_REF_1", ""],
      ["$ACTION_1:0", "{}"],
      ["$ACTION_KEY", "k1"],
      ["name", "laptop"],
      ["days", "7"],
    ]);
    expect(readForm(schema, sent)).toEqual({ name: "laptop", days: "7" });
  });

  it.each([
    ["one too many", [["role", "ADMIN"]]],
    ["one whose name only begins like React's", [["$ACTIONS", "x"]]],
    ["the same name twice", [["days", "30"]]],
    ["a file", [["name", new Blob(["x"])]]],
  ] as const)("refuse %s", (_what, more) => {
    const sent = form([["name", "laptop"], ["days", "7"], ...more]);
    expect(readForm(schema, sent)).toBeUndefined();
  });

  it("refuse a missing one, one too long and one that is no choice of its list", () => {
    expect(readForm(schema, form([["name", "laptop"]]))).toBeUndefined();
    expect(
      readForm(
        schema,
        form([
          ["name", "a".repeat(11)],
          ["days", "7"],
        ]),
      ),
    ).toBeUndefined();
    expect(
      readForm(
        schema,
        form([
          ["name", "laptop"],
          ["days", "8"],
        ]),
      ),
    ).toBeUndefined();
  });
});

it("a refusal's message becomes a sentence", () => {
  expect(asSentence(new Error("this name is taken"))).toBe("This name is taken.");
});
