import { connect } from "node:net";
import { StorageError } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import { testDatabase } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { outageStatus } from "./outage.ts";

function withCode(code: string): Error {
  return Object.assign(new Error("as it says"), { code });
}

describe("outageStatus", () => {
  it("B48 tells a full disk (507) from a database or storage that does not answer (503)", () => {
    expect(outageStatus(withCode("ENOSPC"))).toBe(507);
    expect(outageStatus(withCode("53100"))).toBe(507);
    expect(outageStatus(new StorageError("OUT_OF_SPACE"))).toBe(507);
    expect(outageStatus(new StorageError("VOLUME_BAD"))).toBe(503);
    expect(outageStatus(withCode("57P01"))).toBe(503);
    expect(outageStatus(withCode("40P01"))).toBe(503);
    expect(outageStatus(withCode("55P03"))).toBe(503);
  });

  it("looks through the errors that an outage is wrapped in", () => {
    const wrapped = new Error("a query failed", { cause: new Error("inside", { cause: withCode("ECONNREFUSED") }) });
    expect(outageStatus(wrapped)).toBe(503);
  });

  it("takes a mistake in a statement, or in the code, for a bug", async () => {
    const database = openDatabase({ url: await testDatabase(), connections: 1 });
    const error: unknown = await database.query({ text: "SELECT nothing FROM nowhere" }).catch((caught) => caught);
    await database.close();
    expect(outageStatus(error)).toBeUndefined();
    expect(outageStatus(new TypeError("undefined is not a function"))).toBeUndefined();
    expect(outageStatus("text")).toBeUndefined();
  });

  it("B48 knows a database that nothing listens for", async () => {
    const database = openDatabase({ url: "postgresql://127.0.0.1:1/none", connections: 1 });
    const error: unknown = await database.ping().catch((caught) => caught);
    await database.close();
    expect(outageStatus(error)).toBe(503);
  });

  it("knows a connection that was refused", async () => {
    const error = await new Promise((resolve) => connect(1, "127.0.0.1").once("error", resolve));
    expect(outageStatus(error)).toBe(503);
  });
});
