import { describe, expect, it } from "vitest";
import { exactByteSize, formatByteRange, formatByteSize } from "./byte-size.ts";

const plain = (text: string) => text.replaceAll("\u00a0", "_");

describe("formatByteSize", () => {
  it.each([
    [0, "0_B"],
    [1, "1_B"],
    [999, "999_B"],
    [1_000, "1.00_kB"],
    [44_123_456, "44.1_MB"],
    [121_000_000, "121_MB"],
    [11_000_000, "11.0_MB"],
    [1_234_567_890_123, "1.23_TB"],
  ])("writes %d bytes as %s, in decimal units by default", (bytes, text) => {
    expect(plain(formatByteSize(bytes))).toBe(text);
  });

  it("never writes 1000 of a unit: a size that rounds up moves to the next one", () => {
    expect(plain(formatByteSize(999_950))).toBe("1.00_MB");
    expect(plain(formatByteSize(999_499))).toBe("999_kB");
  });

  it("writes binary units when asked", () => {
    expect(plain(formatByteSize(1_048_576, "binary"))).toBe("1.00_MiB");
    expect(plain(formatByteSize(1_047_552, "binary"))).toBe("1,023_KiB");
    expect(plain(formatByteSize(512, "binary"))).toBe("512_B");
  });
});

describe("formatByteRange", () => {
  it("writes both ends in the unit of the larger", () => {
    expect(plain(formatByteRange(40_900_000, 44_100_000))).toBe("41–44_MB");
    expect(plain(formatByteRange(900_000, 4_100_000))).toBe("0.9–4.1_MB");
  });

  it("writes one size where the ends read alike", () => {
    expect(plain(formatByteRange(44_100_000, 44_100_001))).toBe("44.1_MB");
  });
});

describe("exactByteSize", () => {
  it("answers exact bytes and the other scale", () => {
    expect(exactByteSize(1_048_576).exact).toBe("1,048,576 bytes");
    expect(plain(exactByteSize(1_048_576).otherUnits)).toBe("1.00_MiB");
    expect(plain(exactByteSize(1_048_576, "binary").otherUnits)).toBe("1.05_MB");
    expect(exactByteSize(1).exact).toBe("1 byte");
  });
});
