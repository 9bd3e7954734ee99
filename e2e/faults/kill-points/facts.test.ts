import { describe, expect, it } from "vitest";
import { after, type Effect, type Facts, judge, nothing } from "./facts.ts";

const before: Facts = {
  seen: { "blob a": "whole", "tag v1": "old" },
  uploaded: undefined,
  audit: ["tag.created v1"],
};
const push: Effect = {
  seen: { "manifest new": "whole", "tag v1": "new" },
  audit: ["manifest.pushed new", "tag.moved v1"],
};
const unknown = { effect: push, sentBytes: 0 };

describe("what a client was promised", () => {
  it("holds when the request without an answer has happened, whole, or not at all (I3)", () => {
    expect(judge(before, { acknowledged: before, unknown })).toEqual([]);
    expect(judge(after(before, push), { acknowledged: before, unknown })).toEqual([]);
  });

  it.each<[string, Facts]>([
    ["an acknowledged blob is lost (I1)", { ...before, seen: { "tag v1": "old" } }],
    ["a blob has other bytes (I1)", { ...before, seen: { ...before.seen, "blob a": "other bytes" } }],
    ["a push happened in part: the tag without the manifest (I3)", after(before, { seen: { "tag v1": "new" } })],
    [
      "a push happened in part: the manifest without the tag (I3)",
      after(before, { seen: { "manifest new": "whole" } }),
    ],
    ["a tag has a value that nobody gave it (I4)", after(before, { seen: { "tag v1": "other" } })],
    ["a change has no audit record (I9)", { ...after(before, push), audit: before.audit }],
    [
      "a change has one audit record of two (I9)",
      { ...after(before, push), audit: after(before, push).audit.slice(0, 2) },
    ],
    ["an audit record has no change (I9)", { ...before, audit: after(before, push).audit }],
    [
      "a change is recorded twice (I9)",
      { ...after(before, push), audit: [...after(before, push).audit, "tag.moved v1"] },
    ],
  ])("is broken when %s", (_, observed) => {
    expect(judge(observed, { acknowledged: before, unknown })).toHaveLength(1);
  });

  it("is broken when what was acknowledged is as it was before (I2)", () => {
    expect(judge(before, { acknowledged: after(before, push) })).not.toEqual([]);
  });

  it("is broken when a refused request changed something (I3)", () => {
    expect(judge(after(before, push), { acknowledged: before })).not.toEqual([]);
  });
});

describe("how much of an upload is left", () => {
  const upload = after(nothing, { uploaded: 1000 });
  const chunk = { effect: { uploaded: 1500 }, sentBytes: 500 };
  const last = { effect: { uploaded: "gone", seen: { "blob a": "whole" } }, sentBytes: 500 } as const;
  const observed = (uploaded: number | undefined, seen: Record<string, string> = {}): Facts => ({
    ...nothing,
    uploaded,
    seen,
  });

  it("is what was acknowledged, and what more was sent of a chunk that was cut off (I14)", () => {
    for (const kept of [1000, 1001, 1500]) {
      expect(judge(observed(kept), { acknowledged: upload, unknown: chunk })).toEqual([]);
      expect(judge(observed(kept), { acknowledged: upload, unknown: last })).toEqual([]);
    }
    expect(judge(observed(undefined, { "blob a": "whole" }), { acknowledged: upload, unknown: last })).toEqual([]);
  });

  it.each([
    ["less than was acknowledged", observed(999)],
    ["more than was sent", observed(1501)],
    ["nothing, without a blob", observed(undefined)],
  ])("is never %s (I14)", (_, seen) => {
    expect(judge(seen, { acknowledged: upload, unknown: chunk })).toHaveLength(1);
    expect(judge(seen, { acknowledged: upload, unknown: last })).toHaveLength(1);
  });

  it("is nothing beside the blob that it has become (I3)", () => {
    const both = observed(1000, { "blob a": "whole" });
    expect(judge(both, { acknowledged: upload, unknown: last })).toHaveLength(1);
  });
});
