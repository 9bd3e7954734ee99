import { describe, expect, it } from "vitest";
import { isPreRelease, versionSortKey } from "./version-order.ts";

/** Lists that are in order already; every tag sorts below every later one of its list. */
const ascending: Readonly<Record<string, readonly string[]>> = {
  "semantic versions": ["0.0.1", "0.1.0", "0.9.0", "0.10.0", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "10.0.0"],
  "the specification's own pre-releases": [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
  ],
  "a v, in either case": ["v0.9.0", "V1.0.0-rc.1", "v1.0.0", "V1.0.1", "v1.10.0", "v2"],
  "one, two and three numbers": ["9", "9.1", "9.1.1", "9.2", "10", "10.0.1", "17", "100"],
  "four numbers and more": [
    "10.0.17763.4",
    "10.0.17763.5329",
    "10.0.20348.2",
    "10.0.20348.2227",
    "10.0.20348.2227.1",
    "10.1",
  ],
  "leading zeros": ["22.04", "22.10", "23.04", "23.10", "24.04"],
  "dates with dots": ["2023.12.31", "2024.01.02", "2024.01.15", "2024.1.16", "2024.10.01"],
  "dates with hyphens": ["2023-12-31", "2024-01-02", "2024-01-15", "2024-02-01", "2024-10-01", "2025-01-01"],
  "months with hyphens": ["2023-12", "2024-01", "2024-02", "2024-10", "2025-01"],
  "dates without anything between": ["20231231", "20240102", "20240102.1", "20240102.2", "20240102.10", "20240115"],
  "moments, to the nanosecond": ["1705312345678901234", "1705312345678901235", "17053123456789012340"],
  "several builds of a day": [
    "2024-01-15-1",
    "2024-01-15-2",
    "2024-01-15-10",
    "2024-01-15",
    "2024-01-15T09-30-00Z",
    "2024-01-15T10-30-00Z",
    "2024-01-16",
  ],
  "variants, just below their release": [
    "3.11.9",
    "3.12.0-alpine3.9",
    "3.12.0-alpine3.19",
    "3.12.0-bookworm",
    "3.12.0-slim",
    "3.12.0-slim-bookworm",
    "3.12.0",
    "3.12.1-alpine",
    "3.12.1",
  ],
  "variants that are numbers": ["8.0.36-1", "8.0.36-2", "8.0.36-10", "8.0.36-11.el9", "8.0.36"],
  "pre-releases, their variants and the release's variants": [
    "1.2.0-rc.1-alpine",
    "1.2.0-rc.1-slim",
    "1.2.0-rc.1",
    "1.2.0-rc.2-alpine",
    "1.2.0-rc.2",
    "1.2.0-alpine",
    "1.2.0",
  ],
  "pre-releases without anything between": [
    "3.12.9",
    "3.13.0a1",
    "3.13.0a6-slim",
    "3.13.0a6",
    "3.13.0a10",
    "3.13.0b1",
    "3.13.0rc1-bookworm",
    "3.13.0rc1",
    "3.13.0rc2",
    "3.13.0-slim",
    "3.13.0",
  ],
  "pre-releases of a single number": [
    "16",
    "17beta1-bookworm",
    "17beta1",
    "17beta2",
    "17rc1-alpine",
    "17rc1",
    "17-alpine",
    "17",
  ],
  "the words of other languages": [
    "5.0.0.Alpha1",
    "5.0.0.Beta2",
    "5.0.0.CR1",
    "5.0.0-SNAPSHOT",
    "5.0.0.Final",
    "5.0.1-M1",
    "5.0.1-M2",
    "5.0.1-RC1",
    "5.0.1-SNAPSHOT",
    "5.0.1.RELEASE",
  ],
  "pre-releases of unknown date": ["23-dev", "23-ea-15", "23-ea-16", "23-nightly", "23-preview.1", "23-slim", "23"],
  "distributions of other people's software": [
    "v1.28.9-k3s1",
    "v1.29.0-rc1-k3s1",
    "v1.29.0-k3s1",
    "v1.29.0-k3s2",
    "v1.29.0-k3s10",
    "v1.29.0",
    "v1.29.1-rancher1-1",
  ],
  "Java's updates and builds": [
    "8u302",
    "8u392-b07-jdk",
    "8u392-b08-jdk",
    "8u392-jre",
    "8u392",
    "8u402",
    "11.0.21_9-jre",
  ],
  "Java's builds of one version": ["11.0.21_8", "11.0.21_9-jre", "11.0.21_10", "11.0.21", "11.0.22_7"],
  "letters that count patches": ["1.0.1", "1.0.2", "1.0.2a", "1.0.2t", "1.0.2u-alpine", "1.0.2u", "1.1.0"],
  "numbered patches": ["9.6", "9.6p1", "9.7", "9.7p1-r1", "9.7p1", "9.7p2", "9.8"],
  "revisions of a package, above their release": [
    "1.2.3-alpine",
    "1.2.3",
    "1.2.3-r1",
    "1.2.3-r2",
    "1.2.3-r10",
    "1.2.4",
  ],
  "Python's post releases": ["1.0rc1", "1.0", "1.0.post1", "1.0.post2", "1.0.1"],
  "commits after a tag, as git describes them": [
    "v1.2.3-rc1",
    "v1.2.3",
    "v1.2.3-5-g1a2b3c4",
    "v1.2.3-14-gabcdef0",
    "v1.2.4",
  ],
  "builds named by date and commit": ["v20240115-4f5e6d7", "v20240115", "v20240116-0a1b2c3"],
  "builds of a base, by date": ["22.04-20231211", "22.04-20240115", "22.04", "22.10-20240115"],
  zero: ["0-alpha", "0", "0.0.1-rc1", "0.0.1", "0.1", "1"],
};

/** Tags that mean the same version, so that their names decide. */
const equal: readonly (readonly string[])[] = [
  ["1", "v1", "V1", "1.0", "1.0.0", "1.0.0.0", "v1.00", "01"],
  ["1.2.0-rc.1", "1.2.0-rc1", "1.2.0-RC-1", "v1.2-rc1", "1.2.0rc1", "1.2.0_rc.1"],
  ["1.2.0-alpine", "1.2-alpine", "v1.2.0-Alpine"],
  ["4.1.100.Final", "4.1.100", "4.1.100-GA", "4.1.100.RELEASE"],
  ["2024-01-15", "2024.01.15", "2024.1.15"],
];

const notVersions = [
  "",
  "v",
  "latest",
  "main",
  "stable",
  "edge",
  "bookworm-slim",
  "version-1",
  "release-1.2.3",
  "sha-1a2b3c4",
  "pr-12",
  "x1.2",
  "vv1",
  "-1",
  ".1",
  "_1",
  "1..2",
  "1.",
  "1.2.",
  "1.2..",
  "1.2-",
  "1.2_",
  "1.2--alpine",
  "3d",
  "4k",
  "7z",
  "64bit",
  "2nd",
  "3scale",
  "1password",
  "5f3f67331018",
  "1a2b3c4",
  "1a23456",
  "3b12345",
  "1ea5b3c",
  "550e8400-e29b-41d4-a716-446655440000",
  "0x10",
  "9".repeat(100),
];

const preReleases = ["1.0.0-alpha", "1.2.0-rc.1-alpine", "17beta1", "3.13.0a1", "5.0.0-SNAPSHOT", "23-ea-15", "4-dev"];
const notPreReleases = [
  "1.0.0",
  "1.0.0-alpine",
  "1.0.2a",
  "1.0.0-r1",
  "5.0.0.Final",
  "rc",
  "latest",
  "1a2b3c4",
  "8u392",
];

/** The list as a database sorts it that compares keys byte by byte. */
function sortByKey(tags: readonly string[]): readonly string[] {
  const keyed = tags.map((tag) => ({ tag, key: Buffer.from(versionSortKey(tag) ?? "") }));
  return keyed.toSorted((one, other) => Buffer.compare(one.key, other.key)).map(({ tag }) => tag);
}

describe("the order of versions", () => {
  it.each(Object.entries(ascending))("puts %s in order", (_, tags) => {
    expect(new Set(tags.map(versionSortKey)).size).toBe(tags.length);
    expect(tags.map(versionSortKey)).not.toContain(undefined);
    expect(sortByKey(tags.toReversed())).toEqual(tags);
  });

  it.each(equal)("takes %s and its other spellings for one version", (...tags) => {
    expect([...new Set(tags.map(versionSortKey))]).toEqual([versionSortKey(tags[0]!)]);
    expect(versionSortKey(tags[0]!)).toBeDefined();
  });

  it.each(notVersions)("does not take '%s' for a version", (tag) => {
    expect(versionSortKey(tag)).toBeUndefined();
  });

  it.each(preReleases)("says that %s comes before its release", (tag) => {
    expect(isPreRelease(tag)).toBe(true);
  });

  it.each(notPreReleases)("does not say that '%s' comes before a release", (tag) => {
    expect(isPreRelease(tag)).toBe(false);
  });

  it("makes a key of printable ASCII, whose bytes any database compares alike", () => {
    const tags = Object.values(ascending).flat();
    for (const tag of tags) expect(versionSortKey(tag)).toMatch(/^[!-~]+$/);
  });

  it("reads a tag of 128 characters that is made to be slow within a moment", () => {
    const started = performance.now();
    for (const tag of ["1".repeat(99), "1.".repeat(64), "1-".repeat(64), `1${"a".repeat(127)}`, ".0".repeat(64)]) {
      for (let round = 0; round < 100; round += 1) versionSortKey(tag);
    }
    for (let round = 0; round < 100; round += 1) versionSortKey(`1${".0".repeat(63)}.`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
