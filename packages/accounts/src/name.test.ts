import { describe, expect, it } from "vitest";
import { parseAccountName, parseDisplayName, parseEmail } from "./name.ts";

describe("a name of a user or an organization", () => {
  it.each(["ada", "acme", "a1", "team-one", "a.b_c", "admin"])("may be %s", (name) => {
    expect(parseAccountName(name)).toBe(name);
  });

  it.each([
    "",
    "a",
    "Ada",
    "ada/x",
    "-ada",
    "ada-",
    "a..b",
    "ada lovelace",
    "ädä",
    "a@b",
    "a+b",
    "x".repeat(65),
    "ada\n",
  ])("may not be %j", (name) => {
    expect(() => parseAccountName(name)).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
  });

  it.each(["library", "v2", "api", "token", "setup", "lp", "layerport"])(
    "may not be %s, which means something",
    (name) => {
      expect(() => parseAccountName(name)).toThrow(expect.objectContaining({ code: "NAME_RESERVED" }));
    },
  );
});

describe("an e-mail address", () => {
  it("is kept in one form, lower case", () => {
    expect(parseEmail(" Ada@Example.TEST ")).toBe("ada@example.test");
    expect(parseEmail("a.b+c@localhost")).toBe("a.b+c@localhost");
  });

  it.each([
    "a@evil.test,v@victim.test",
    '"v@victim.test"@evil.test',
    "<a href>",
    "Ada <ada@example.test>",
    "ada@",
    "@example.test",
    "ada@@example.test",
    "ada@example..test",
    "ada@example.test\r\nbcc: x@example.test",
    "a d a@example.test",
    `${"a".repeat(250)}@b.test`,
    "",
  ])("T52: is not %j", (text) => {
    expect(() => parseEmail(text)).toThrow(expect.objectContaining({ code: "EMAIL_INVALID" }));
  });
});

describe("a display name", () => {
  it("is one line, and absent when there is nothing in it", () => {
    expect(parseDisplayName(" Ada Lovelace ")).toBe("Ada Lovelace");
    expect(parseDisplayName("  ")).toBeUndefined();
    expect(parseDisplayName(undefined)).toBeUndefined();
    for (const text of ["a\nb", "a\0b", "a\u2028b", "\ud800", "x".repeat(101)]) {
      expect(() => parseDisplayName(text)).toThrow(expect.objectContaining({ code: "DISPLAY_NAME_INVALID" }));
    }
  });
});
