import { describe, expect, it } from "vitest";
import { openLog } from "./log.ts";

describe("T26, the worker's log", () => {
  it("keeps no token, wherever it stands, and no field that is named for a secret", () => {
    const lines: string[] = [];
    const log = openLog("info", { write: (line) => lines.push(line) });
    const token = `lp_pat_${"CANARY".repeat(6)}`;
    log.info({ text: token, token: "CANARY", request: { authorization: "CANARY", cookie: "CANARY" } }, `said ${token}`);
    log.error({ err: new Error(`no ${token}`) }, "failed");
    expect(lines).toHaveLength(2);
    expect(lines.join("")).not.toContain("CANARY");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ app: "worker", level: "info", msg: "said lp_pat_[redacted]" });
  });
});
