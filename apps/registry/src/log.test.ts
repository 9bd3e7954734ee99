import { describe, expect, it } from "vitest";
import { makeLog, redactText } from "./log.ts";

const accessToken = `lp_pat_${"a".repeat(30)}123456`;

describe("the log", () => {
  it("T26 redacts by key, at the top and one level below", () => {
    const lines: string[] = [];
    const { logger } = makeLog("info", { write: (line) => lines.push(line) });
    logger.info({ authorization: "Basic CANARY", headers: { cookie: "CANARY" }, form: { password: "CANARY" } }, "x");
    expect(lines.join("")).not.toContain("CANARY");
  });

  it("T26 redacts tokens and credentials wherever in a line they stand, errors' messages included", () => {
    const lines: string[] = [];
    const { logger } = makeLog("info", { write: (line) => lines.push(line) });
    logger.info({ path: `/v2/${accessToken}/x`, err: new Error(`no ${accessToken}`) }, `about ${accessToken}`);
    logger.info({ text: "Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", url: "postgresql://user:CANARY@db/x" }, "y");
    const text = lines.join("");
    expect(text).not.toContain("a".repeat(30));
    expect(text).not.toContain("eyJzdWIi");
    expect(text).not.toContain("CANARY");
    expect(text).toContain("@db/x");
  });

  it("T26 writes the line of a request as JSON, whatever its path holds, and redacts that too", () => {
    const lines: string[] = [];
    const line = {
      requestId: "request-1",
      method: "GET",
      path: `/"\n\u2028\\/${accessToken}`,
      endpoint: "portal",
      status: 404,
      ms: 1.2345,
      bytesIn: 10,
      bytesOut: 20,
      principal: 'al"ice',
      address: "127.0.0.1",
    };
    for (const level of ["info", "warn"]) {
      const log = makeLog(level, { write: (text) => lines.push(text) });
      log.logRequest(line);
      log.flush();
    }
    expect(lines).toHaveLength(1);
    const { time, ...written } = JSON.parse(lines[0] ?? "");
    expect(Date.parse(time)).toBeGreaterThan(0);
    const path = '/"\n\u2028\\/lp_pat_[redacted]';
    expect(written).toEqual({ ...line, path, ms: 1.23, level: "info", app: "registry", msg: "request" });
  });

  it("leaves a plain line as it is", () => {
    expect(redactText('{"path":"/v2/acme/api/tags/list"}')).toBe('{"path":"/v2/acme/api/tags/list"}');
  });
});
