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
    for (const code of ["25006", "25P03", "XX000", "ENOMEM", "EACCES", "ESTALE"]) {
      expect([code, outageStatus(withCode(code))]).toEqual([code, 503]);
    }
  });

  it("looks through the errors that an outage is wrapped in", () => {
    const wrapped = new Error("a query failed", { cause: new Error("inside", { cause: withCode("ECONNREFUSED") }) });
    expect(outageStatus(wrapped)).toBe(503);
    expect(outageStatus(new Error("no lock", { cause: new Error("timeout expired") }))).toBe(503);
    const full = new Error("could not write", { cause: Object.assign(withCode("EIO"), { cause: withCode("ENOSPC") }) });
    expect(outageStatus(full)).toBe(507);
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
    const errors: readonly unknown[] = await Promise.all(
      [
        () => database.ping(),
        () => database.lookUp({ text: "SELECT 1" }),
        () => database.leases.tryAcquire("lock"),
        async () => (await database.prisma()).user.findFirst(),
        () => database.prismaTransaction(({ prisma }) => prisma.user.findFirst()),
      ].map((ask) => ask().catch((caught: unknown) => caught)),
    );
    await database.close();
    expect(errors.map(outageStatus)).toEqual([503, 503, 503, 503, 503]);
    expect(outageStatus(await database.ping().catch((caught: unknown) => caught))).toBe(503);
  });

  it("B48 knows a database that ends a statement, and one that has no connection left", async () => {
    const url = await testDatabase();
    const database = openDatabase({ url, connections: 1, waitMs: 2_000, applicationName: "ended" });
    const other = openDatabase({ url, connections: 1 });
    const prisma = await database.prisma();
    const asked = prisma.$queryRaw`SELECT pg_sleep(20)`.catch((caught: unknown) => caught);
    const running = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ended' AND state = 'active'";
    await expect.poll(() => other.query({ text: running }), { timeout: 10_000 }).toHaveLength(1);
    const waiting = await Promise.all(
      [
        () => database.ping(),
        async () => (await database.prisma()).user.findFirst(),
        () => database.prismaTransaction(({ prisma }) => prisma.user.findFirst()),
      ].map((ask) => ask().catch((caught: unknown) => caught)),
    );
    await other.query({
      text: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'",
    });
    expect([...waiting, await asked].map(outageStatus)).toEqual([503, 503, 503, 503]);
    await database.close();
    await other.close();
  });

  it("knows a connection that was refused", async () => {
    const error = await new Promise((resolve) => connect(1, "127.0.0.1").once("error", resolve));
    expect(outageStatus(error)).toBe(503);
  });
});
