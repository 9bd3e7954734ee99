import { describe, expect, it } from "vitest";
import { formatFullTime, formatRelativeTime, relativeTimeProps } from "./relative-time.ts";

const now = new Date("2026-03-12T12:00:00Z");
const before = (ms: number) => new Date(now.getTime() - ms);
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("formatRelativeTime", () => {
  it.each([
    [0, "just now"],
    [9_999, "just now"],
    [10_000, "10 s ago"],
    [59_999, "59 s ago"],
    [60_000, "1 m ago"],
    [3 * 3_600_000, "3 h ago"],
    [23.9 * 3_600_000, "23 h ago"],
    [6 * 86_400_000, "6 d ago"],
    [29.9 * 86_400_000, "29 d ago"],
  ])("tells %d ms back as %s", (ms, text) => {
    expect(plain(formatRelativeTime(before(ms), now))).toBe(text);
  });

  it("tells the date from 30 days on", () => {
    expect(plain(formatRelativeTime(before(30 * 86_400_000), now))).toBe("10 Feb 2026");
  });

  it("tells what is still to come", () => {
    expect(plain(formatRelativeTime(before(-14 * 86_400_000), now))).toBe("in 14 d");
  });

  it("takes the date from the zone it is given", () => {
    expect(plain(formatRelativeTime(new Date("2026-01-01T23:30:00Z"), now, "Asia/Tokyo"))).toBe("2 Jan 2026");
  });
});

describe("formatFullTime", () => {
  it("writes seconds and the zone", () => {
    expect(formatFullTime(new Date("2026-03-12T00:05:09Z"), "UTC")).toBe("12 Mar 2026, 00:05:09 UTC");
  });
});

describe("relativeTimeProps", () => {
  it("gives machines the exact moment", () => {
    expect(relativeTimeProps(before(3_600_000), now)).toEqual({
      dateTime: "2026-03-12T11:00:00.000Z",
      children: "1\u00a0h\u00a0ago",
    });
  });
});
