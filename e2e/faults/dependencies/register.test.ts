import { describe, expect, it } from "vitest";
import { Random } from "../random.ts";
import { findBreak, isLinearizable, type Operation } from "./register.ts";

const never = Number.POSITIVE_INFINITY;
const write = (value: string, calledAt: number, returnedAt: number): Operation => ({
  kind: "write",
  value,
  calledAt,
  returnedAt,
});
const read = (value: string | undefined, calledAt: number, returnedAt: number): Operation => ({
  kind: "read",
  value,
  calledAt,
  returnedAt,
});
const remove = (calledAt: number, returnedAt: number): Operation => ({
  kind: "remove",
  value: undefined,
  calledAt,
  returnedAt,
});

describe("the check of one tag's history", () => {
  it.each<[string, readonly Operation[]]>([
    ["nobody did anything", []],
    [
      "a read during a write gives the old value, and a later one the new",
      [write("a", 1, 10), read("0", 2, 3), read("a", 4, 5)],
    ],
    [
      "two writes overlap, and the one called first counts last",
      [write("a", 1, 10), write("b", 2, 9), read("a", 11, 12)],
    ],
    ["a write without an answer never happens", [write("a", 1, never), read("0", 2, 3), read("0", 100, 101)]],
    [
      "a write without an answer happens late",
      [write("a", 1, never), read("0", 50, 51), read("a", 100, 101), read("a", 102, 103)],
    ],
    ["a read without an answer says nothing", [write("a", 1, 2), read("0", 3, never), read("a", 4, 5)]],
  ])("finds nothing wrong when %s", (_, history) => {
    expect(findBreak(history, "0")).toBeUndefined();
    expect(isLinearizable(history, "0")).toBe(true);
  });

  it.each<[string, readonly Operation[]]>([
    ["a write that was acknowledged is lost", [write("a", 1, 2), read("0", 3, 4)]],
    ["of two that were acknowledged in turn the first wins", [write("a", 1, 2), write("b", 3, 4), read("a", 5, 6)]],
    ["a value is read that nobody wrote", [read("a", 1, 2)]],
    ["a value is read before its write begins", [read("a", 1, 2), write("a", 3, 4)]],
    ["a read goes back behind another", [write("a", 1, 10), read("a", 2, 3), read("0", 4, 5)]],
    ["a write without an answer is seen, and is then gone", [write("a", 1, never), read("a", 2, 3), read("0", 4, 5)]],
    [
      "a write without an answer comes back over a later one",
      [write("a", 1, never), read("a", 2, 3), write("b", 4, 5), read("b", 6, 7), read("a", 8, 9)],
    ],
    [
      "two readers see two writes in different orders",
      [write("a", 1, 20), write("b", 1.5, 20), read("a", 2, 3), read("b", 4, 5), read("a", 6, 7)],
    ],
    ["a whole write lies within the time of another value", [write("a", 1, 2), write("b", 3, 4), read("a", 5, 6)]],
  ])("notices when %s", (_, history) => {
    expect(findBreak(history, "0")).toEqual(expect.any(String));
    expect(isLinearizable(history, "0")).toBe(false);
  });

  it.each<[string, boolean, readonly Operation[]]>([
    [
      "is gone after a removal",
      true,
      [write("a", 1, 2), remove(3, 4), read(undefined, 5, 6), write("b", 7, 8), read("b", 9, 10)],
    ],
    ["is still there after a removal", false, [write("a", 1, 2), remove(3, 4), read("a", 5, 6)]],
    ["is removed twice", false, [write("a", 1, 2), remove(3, 4), remove(5, 6)]],
    ["is gone without a removal", false, [write("a", 1, 2), read(undefined, 3, 4)]],
    [
      "is gone after a removal without an answer",
      true,
      [write("a", 1, 2), remove(3, never), read("a", 4, 5), read(undefined, 6, 7)],
    ],
    [
      "comes back after a removal without an answer",
      false,
      [write("a", 1, 2), remove(3, never), read(undefined, 4, 5), read("a", 6, 7)],
    ],
  ])("knows whether a tag may be so when it %s", (_, may, history) => {
    expect(isLinearizable(history, undefined)).toBe(may);
  });

  it("agrees with the check that tries every order, on thousands of small histories", () => {
    const random = new Random("histories");
    let broken = 0;
    for (let round = 0; round < 3000; round += 1) {
      const history = randomHistory(random);
      const found = findBreak(history, "0");
      expect({ history, isFine: found === undefined }).toEqual({ history, isFine: isLinearizable(history, "0") });
      if (found !== undefined) broken += 1;
    }
    expect(broken).toBeGreaterThan(500);
    expect(broken).toBeLessThan(2500);
  });
});

/** A few operations at random times, whose reads give any of the values. */
function randomHistory(random: Random): readonly Operation[] {
  const writes = 1 + random.below(3);
  const values = ["0", ...Array.from({ length: writes }, (_, at) => `w${at}`)];
  // No two times are the same.
  const times = random.shuffle(Array.from({ length: 40 }, (_, at) => at));
  const span = (): [number, number] => {
    const [one = 0, other = 0] = times.splice(0, 2);
    return [Math.min(one, other), Math.max(one, other)];
  };
  const operations = values.slice(1).map((value) => {
    const [calledAt, returnedAt] = span();
    return write(value, calledAt, random.below(4) === 0 ? never : returnedAt);
  });
  for (let reads = random.below(4) + 1; reads > 0; reads -= 1) {
    operations.push(read(values[random.below(values.length)], ...span()));
  }
  return operations;
}

describe("64 clients of one register", () => {
  /** A register that answers after a while, and what it does wrong. */
  interface Mutant {
    write(value: string, pause: () => Promise<void>): Promise<void>;
    read(pause: () => Promise<void>): Promise<string>;
  }

  const right = (): Mutant => {
    let value = "0";
    return {
      async write(next, pause) {
        await pause();
        value = next;
        await pause();
      },
      async read(pause) {
        await pause();
        const seen = value;
        await pause();
        return seen;
      },
    };
  };

  it("are found in order when the register is right", async () => {
    expect(findBreak(await askFrom64(right()), "0")).toBeUndefined();
  });

  it.each<[string, () => Mutant]>([
    [
      "answers before it writes",
      () => {
        const register = right();
        return {
          read: (pause) => register.read(pause),
          async write(value, pause) {
            await pause();
            void register.write(value, async () => {
              for (let pauses = 0; pauses < 4; pauses += 1) await pause();
            });
          },
        };
      },
    ],
    [
      "keeps the first value and says that all went well",
      () => {
        const register = right();
        let isWritten = false;
        return {
          read: (pause) => register.read(pause),
          async write(value, pause) {
            if (isWritten) return pause();
            isWritten = true;
            await register.write(value, pause);
          },
        };
      },
    ],
    [
      "reads through a cache that it does not clear at once",
      () => {
        const register = right();
        let cached = { value: "0", left: 0 };
        return {
          write: (value, pause) => register.write(value, pause),
          async read(pause) {
            if (cached.left === 0) cached = { value: await register.read(pause), left: 5 };
            cached.left -= 1;
            await pause();
            return cached.value;
          },
        };
      },
    ],
    [
      "looks before it writes, and writes what it saw back once in a while",
      () => {
        const register = right();
        let writes = 0;
        return {
          read: (pause) => register.read(pause),
          async write(value, pause) {
            const before = await register.read(pause);
            writes += 1;
            await register.write(value, pause);
            if (writes % 20 === 0) await register.write(before, pause);
          },
        };
      },
    ],
  ])("are found out when the register %s", async (_, make) => {
    expect(findBreak(await askFrom64(make()), "0")).toEqual(expect.any(String));
  });

  async function askFrom64(register: Mutant): Promise<readonly Operation[]> {
    const random = new Random("64");
    const history: Operation[] = [];
    let now = 0;
    const tick = () => {
      now += 1;
      return now;
    };
    const pause = async () => {
      for (let turns = random.below(8); turns >= 0; turns -= 1) await Promise.resolve();
    };
    const askOften = async (client: number) => {
      for (let at = 0; at < 20; at += 1) {
        await pause();
        const calledAt = tick();
        if (random.below(2) === 0) {
          const value = `${client}-${at}`;
          await register.write(value, pause);
          history.push(write(value, calledAt, tick()));
        } else {
          const value = await register.read(pause);
          history.push(read(value, calledAt, tick()));
        }
      }
    };
    await Promise.all(Array.from({ length: 64 }, (__, client) => askOften(client)));
    return history;
  }
});
