import { expect, it } from "vitest";
import { findNotice, formatNotice } from "./notice-cookie.ts";

it("a notice survives its cookie", () => {
  const notice = { text: "The grant is gone.", undo: { kind: "member-role", user: "jo", role: "reader" } };
  expect(findNotice(formatNotice(notice))).toEqual(notice);
  expect(findNotice(formatNotice({ text: "Team web is gone." }))).toEqual({ text: "Team web is gone." });
});

it.each([undefined, "", "{", "null", '{"text":1}', '{"text":"x","href":"//evil.test"}'])(
  "a cookie of other making is no notice: %s",
  (value) => {
    expect(findNotice(value)).toBeUndefined();
  },
);
