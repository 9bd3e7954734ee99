import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";

const url = new URL(process.env.LAYERPORT_TEST_DATABASE_URL ?? "");
url.pathname = "/postgres";
const database = openDatabase({ url: url.href, connections: 2 });

beforeAll(() => database.query({ text: "CREATE TABLE note (text text UNIQUE)" }));

beforeEach(() => database.query({ text: "TRUNCATE note" }));

afterAll(async () => {
  await database.query({ text: "DROP TABLE note" });
  await database.close();
});

const write = (text: string) => ({ name: "note", text: "INSERT INTO note VALUES ($1::text)", values: [text] });

async function notes(): Promise<readonly string[]> {
  const rows = await database.query<{ text: string }>({ text: "SELECT text FROM note ORDER BY ctid" });
  return rows.map(({ text }) => text);
}

describe.each(["transaction", "prismaTransaction"] as const)("%s", (kind) => {
  it("commits what it wrote, what was given for the end last and in its order", async () => {
    const answer = await database[kind](async (transaction) => {
      transaction.queryAtCommit(write("third"));
      transaction.queryAtCommit(write("fourth"));
      await transaction.query(write("first"));
      const seen = await transaction
        .query<{ text: string }>(write("second"))
        .then(() => transaction.query<{ text: string }>({ text: "SELECT text FROM note" }));
      return seen.length;
    });
    expect(answer).toBe(2);
    expect(await notes()).toEqual(["first", "second", "third", "fourth"]);
  });

  it("leaves nothing when a statement at its end fails, and tells that failure", async () => {
    const failing = database[kind](async (transaction) => {
      await transaction.query(write("once"));
      transaction.queryAtCommit(write("twice"));
      transaction.queryAtCommit(write("once"));
      transaction.queryAtCommit(write("never"));
    });
    await expect(failing).rejects.toThrow(/duplicate key|Unique constraint/);
    expect(await notes()).toEqual([]);
    await database[kind]((transaction) => transaction.query(write("again")));
    expect(await notes()).toEqual(["again"]);
  });

  it("leaves nothing when its work fails, whatever was given for the end", async () => {
    const failing = database[kind](async (transaction) => {
      transaction.queryAtCommit(write("never"));
      await transaction.query(write("nor this"));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await notes()).toEqual([]);
  });
});

describe("transaction", () => {
  it("fails, although every failure in it was caught, when Postgres rolls it back", async () => {
    const swallowing = database.transaction(async (transaction) => {
      await transaction.query(write("lost"));
      await transaction.query({ text: "SELECT 1 / 0" }).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow("the transaction was rolled back");
    expect(await notes()).toEqual([]);
  });

  it("of no statement does nothing, and its connection can be used again", async () => {
    for (let time = 0; time < 5; time += 1) expect(await database.transaction(async () => time)).toBe(time);
    await database.query(write("one"));
    expect(await notes()).toEqual(["one"]);
  });
});
