import { expect, it } from "vitest";
import { parseChallenges } from "./challenge.ts";

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

it("a challenge is read with its parameters, quoted or not", () => {
  expect(read('Bearer realm="https://a.test/t",service="a \\"b\\"" , SCOPE=x')).toEqual([
    ["bearer", { realm: "https://a.test/t", service: 'a "b"', scope: "x" }],
  ]);
});

it("several challenges in one header are told apart", () => {
  expect(read('Negotiate, Basic realm="x", Bearer realm="https://a.test/t",service="s"')).toEqual([
    ["negotiate", {}],
    ["basic", { realm: "x" }],
    ["bearer", { realm: "https://a.test/t", service: "s" }],
  ]);
});

it("a scope keeps its commas and colons", () => {
  expect(read('Bearer realm="r",scope="repository:a/b:pull,push repository:c:pull"')[0]?.[1]).toEqual({
    realm: "r",
    scope: "repository:a/b:pull,push repository:c:pull",
  });
});

it("what cannot be read ends the list, and does so quickly", () => {
  expect(read("")).toEqual([]);
  expect(read('"')).toEqual([]);
  expect(read('Bearer realm="unended')).toEqual([
    ["bearer", {}],
    ["realm", {}],
  ]);
  expect(read(`Bearer realm="${"a".repeat(10_000)}"`)).toEqual([]);
  const startedAt = performance.now();
  read(`Bearer realm="${"\\".repeat(8000)}`);
  read(`${"a,".repeat(4000)}`);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
