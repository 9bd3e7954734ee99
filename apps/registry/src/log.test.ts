import { describe, expect, it } from "vitest";
import { makeLogger, redactText } from "./log.ts";

const accessToken = `lp_pat_${"a".repeat(30)}123456`;

describe("the log", () => {
  it("T26 redacts by key, at the top and one level below", () => {
    const lines: string[] = [];
    const logger = makeLogger("info", { write: (line) => lines.push(line) });
    logger.info({ authorization: "Basic CANARY", headers: { cookie: "CANARY" }, form: { password: "CANARY" } }, "x");
    expect(lines.join("")).not.toContain("CANARY");
  });

  it("T26 redacts tokens and credentials wherever in a line they stand, errors' messages included", () => {
    const lines: string[] = [];
    const logger = makeLogger("info", { write: (line) => lines.push(line) });
    logger.info({ path: `/v2/${accessToken}/x`, err: new Error(`no ${accessToken}`) }, `about ${accessToken}`);
    logger.info({ text: "Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", url: "postgresql://user:CANARY@db/x" }, "y");
    const text = lines.join("");
    expect(text).not.toContain("a".repeat(30));
    expect(text).not.toContain("eyJzdWIi");
    expect(text).not.toContain("CANARY");
    expect(text).toContain("@db/x");
  });

  it("leaves a plain line as it is", () => {
    expect(redactText('{"path":"/v2/acme/api/tags/list"}')).toBe('{"path":"/v2/acme/api/tags/list"}');
  });
});
