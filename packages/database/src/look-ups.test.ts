import { afterAll, describe, expect, it } from "vitest";
import { openDatabase } from "./database.ts";

const url = new URL(process.env.LAYERPORT_TEST_DATABASE_URL ?? "");
url.pathname = "/postgres";
const database = openDatabase({ url: url.href, connections: 1, lookUpConnections: 2 });
afterAll(() => database.close());

const double = (value: number) =>
  database.lookUp<{ doubled: number; pid: number }>({
    name: "double",
    text: "SELECT 2 * $1::int AS doubled, pg_backend_pid() AS pid",
    values: [value],
  });
const divide = (value: number) =>
  database.lookUp<{ divided: number }>({ name: "divide", text: "SELECT 10 / $1::int AS divided", values: [value] });

describe("look-ups", () => {
  it("that begin together are each answered with their own rows, over one connection", async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(double));
    expect(answers.map(([row]) => row?.doubled)).toEqual([2, 4, 6, 8, 10]);
    expect(new Set(answers.map(([row]) => row?.pid)).size).toBe(1);
  });

  it("that begin together fail each for itself, and later ones go on", async () => {
    const [first, failed, last] = await Promise.allSettled([divide(2), divide(0), divide(5)]);
    expect(first).toMatchObject({ status: "fulfilled", value: [{ divided: 5 }] });
    expect(failed).toMatchObject({ status: "rejected", reason: { message: "division by zero" } });
    expect(last).toMatchObject({ status: "fulfilled", value: [{ divided: 2 }] });
    expect(await divide(1)).toEqual([{ divided: 10 }]);
  });

  it("are all refused, and none hangs, when their connection is ended in the middle", async () => {
    const end = database.lookUp({ text: "SELECT pg_terminate_backend(pg_backend_pid())" });
    const settled = await Promise.allSettled([end, double(1), double(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await double(3)).toMatchObject([{ doubled: 6 }]);
  });
});
