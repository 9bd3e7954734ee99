import { expect, it } from "vitest";
import { formatPlatform, shownPlatforms } from "./platform.ts";

const linux = (architecture: string, variant?: string) => ({ os: "linux", architecture, variant });

it("names the system only where it is not linux", () => {
  expect(formatPlatform(linux("amd64"))).toBe("amd64");
  expect(formatPlatform({ os: "windows", architecture: "amd64" })).toBe("windows/amd64");
});

it("names the variant where it tells something", () => {
  expect(formatPlatform(linux("arm", "v7"))).toBe("arm/v7");
  expect(formatPlatform(linux("arm64", "v8"))).toBe("arm64");
  expect(formatPlatform(linux("arm64", "v9"))).toBe("arm64/v9");
});

it("puts amd64 and arm64 first, then the others by name, and counts what does not fit", () => {
  const platforms = [
    linux("s390x"),
    { os: "windows", architecture: "amd64" },
    linux("arm", "v7"),
    linux("arm64"),
    linux("amd64"),
  ];
  expect(shownPlatforms(platforms)).toEqual({ shown: ["amd64", "arm64", "arm/v7"], more: ["s390x", "windows/amd64"] });
});

it("names a platform once, however often an index lists it", () => {
  expect(shownPlatforms([linux("amd64"), linux("amd64")])).toEqual({ shown: ["amd64"], more: [] });
});
