import { describe, expect, it } from "vitest";
import { manifestJsonLimits, scanJson } from "./json-scan.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const scan = (text: string, limits = manifestJsonLimits) => scanJson(encode(text), limits);
const refusal = expect.objectContaining({ code: "MANIFEST_INVALID", status: 400 });

function accepts(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

function millisecondsOf(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

const wellFormed = [
  "{}",
  "[]",
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1.5e+10",
  "1E-7",
  '""',
  '"a"',
  ' \t\r\n{ "a" : [ 1 , { "b" : null } , "c" ] , "d" : { } }\n',
  '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udea2"',
  '"\\ud800"',
  '"Zürich 🚢 \u2028 \u007f"',
  '{"":1," ":2}',
  '{"__proto__":1,"constructor":2}',
  "[[[[]]]]",
  "9007199254740991",
  "-9007199254740991",
];

const malformed = [
  "",
  " ",
  "{",
  "}",
  "[",
  "]",
  "[}",
  "{]",
  "{}}",
  "[]]",
  "{}{}",
  "[1,]",
  "[,1]",
  "[1 2]",
  '{"a":1,}',
  '{,"a":1}',
  '{"a"}',
  '{"a":}',
  '{"a" 1}',
  '{"a":1 "b":2}',
  "{a:1}",
  "{'a':1}",
  "{1:1}",
  '"',
  '"a',
  '"\\"',
  '"\\x"',
  '"\\u12g4"',
  '"\\u123"',
  '"a\nb"',
  '"a\u0000b"',
  '"a\tb"',
  "tru",
  "True",
  "nulll",
  "NaN",
  "Infinity",
  "undefined",
  "01",
  "-",
  "+1",
  ".5",
  "1.",
  "1e",
  "1e+",
  "0x10",
  "1_000",
  "// comment\n{}",
  "{}// comment",
  "\u00a0{}",
  "\ufeff{}",
  "{}\ufeff",
  "{}\u0000",
  "image",
];

describe("the walk over a JSON text", () => {
  it.each(wellFormed)("answers the text of %s", (text) => {
    expect(scan(text)).toBe(text);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(malformed)("B25: refuses %j (MANIFEST_INVALID)", (text) => {
    expect(() => scan(text)).toThrow(refusal);
  });

  it("agrees with JSON.parse on what is well-formed, whatever is cut out or put in", () => {
    const text = '{"a":[1,-2.5e3,"x\\n\\u0041",true,null],"b":{"c":[{}],"d":""}}';
    for (let at = 0; at <= text.length; at += 1) {
      for (const put of ["", "{", "}", "[", "]", ",", ":", '"', "\\", "0", "-", ".", "e", "t", " ", "\n", "\u0001"]) {
        for (const cut of [0, 1]) {
          const changed = text.slice(0, at) + put + text.slice(at + cut);
          expect([changed, accepts(() => scan(changed))]).toEqual([changed, accepts(() => JSON.parse(changed))]);
        }
      }
    }
  });

  it("B25: refuses a byte order mark and bytes that are not UTF-8 (MANIFEST_INVALID)", () => {
    const hostile = [
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
      [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
      [0x22, 0xc3, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
      [0x7b, 0x7d, 0x80],
    ];
    for (const content of hostile) expect(() => scanJson(Uint8Array.from(content))).toThrow(refusal);
  });

  const duplicates = [
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"x":{"a":1,"a":2}}',
    '[[{"x":[{"a":1,"b":{},"a":2}]}]]',
    '{"a":1,"\\u0061":2}',
    '{"\\/":1,"/":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
  ];
  it.each(duplicates)("T02 B27: refuses the key that %s has twice (MANIFEST_INVALID)", (text) => {
    expect(() => scan(text)).toThrow(refusal);
  });

  it("takes the same key in different objects, and keys that differ in case, for different keys", () => {
    expect(scan('[{"a":1},{"a":1},{"A":1,"a":2}]')).toContain("A");
  });

  const outOfRange = ["9007199254740992", "9007199254740993", "-9007199254740993", "1e400", "-1e400", "9".repeat(400)];
  it.each(outOfRange)("T02 B29: refuses the number %s, which is not what it says (MANIFEST_INVALID)", (text) => {
    expect(() => scan(text)).toThrow(refusal);
    expect(() => scan(`{"a":[{"size":${text}}]}`)).toThrow(refusal);
  });

  it("T09: takes a depth of 32 and refuses one of 33, arrays and objects alike (MANIFEST_INVALID)", () => {
    const arrays = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    for (const nested of [arrays, objects]) {
      expect(scan(nested(32))).toBe(nested(32));
      expect(() => scan(nested(33))).toThrow(refusal);
    }
    expect(scan(`[${"[[]],".repeat(100)}[]]`)).toMatch(/^\[/);
  });

  it("T09: takes 50,000 values and refuses one more (MANIFEST_INVALID)", () => {
    const values = (count: number) => `[${"0,".repeat(count - 2)}0]`;
    expect(scan(values(50_000))).toHaveLength(2 * 49_999 + 1);
    expect(() => scan(values(50_001))).toThrow(refusal);
    expect(() => scan('{"a":[1,2]}', { depth: 2, nodes: 3 })).toThrow(refusal);
    expect(scan('{"a":[1,2]}', { depth: 2, nodes: 4 })).toBe('{"a":[1,2]}');
  });

  it("T09 B26: refuses a depth of 100,000, or 300,000 keys, within 50 ms (MANIFEST_INVALID)", () => {
    const deep = `{"annotations":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    let keys = '"first":""';
    for (let at = 1; at < 300_000; at += 1) keys += `,"${at}":""`;
    const wide = `{"annotations":{${keys}}}`;
    for (const text of [deep, wide]) {
      const bomb = encode(text);
      expect(bomb.length).toBeLessThan(4 * 1024 * 1024);
      const refusing = () => expect(accepts(() => scanJson(bomb))).toBe(false);
      // What the machine needs for JSON.parse tells how busy it is; the limit is for one that has time.
      const limit = Math.max(
        50,
        millisecondsOf(() => JSON.parse(wide)),
      );
      expect(Math.min(...[1, 2, 3].map(() => millisecondsOf(refusing)))).toBeLessThan(limit);
    }
  });

  it("T09: walks a mebibyte of one value, or of nothing, without using up the stack", () => {
    const length = 1024 * 1024;
    for (const text of [
      `"${"x".repeat(length)}"`,
      `"${"\\n".repeat(length / 2)}"`,
      `{"a":"${"\\u00e9".repeat(Math.floor(length / 6) - 2)}"}`,
      `${" ".repeat(length)}1`,
      `0.${"1".repeat(length)}`,
    ]) {
      expect(scan(text).length).toBe(text.length);
    }
    expect(accepts(() => scan("1".repeat(length)))).toBe(false);
    expect(accepts(() => scan(`"${"x".repeat(length)}`))).toBe(false);
  });

  it("says where the text went wrong", () => {
    expect(() => scan('{"a":1,"a":2}')).toThrow(
      expect.objectContaining({ detail: { reason: "duplicate key", offset: 10 } }),
    );
    expect(() => scan("[1,]")).toThrow(
      expect.objectContaining({ detail: { reason: "not well-formed JSON", offset: 3 } }),
    );
  });
});
