import { describe, expect, it } from "vitest";
import { startDoor } from "./test-door.ts";

describe("/livez and /readyz", () => {
  it("tell a process that runs from one that can work", async () => {
    let isWell = true;
    const door = await startDoor({
      checkReadiness: async () => {
        if (!isWell) throw new Error("the database is away");
      },
    });
    expect((await door.send("GET", "/livez")).status).toBe(200);
    expect((await door.send("GET", "/readyz")).status).toBe(200);
    isWell = false;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const answer = await door.send("GET", "/readyz");
    expect([answer.status, answer.text]).toEqual([503, "not ready\n"]);
    expect((await door.send("GET", "/livez")).status).toBe(200);
    expect(door.logLines.join("")).toContain("the database is away");
  });

  it("look at the storage once for all who ask within a second, since each look writes to it", async () => {
    let looks = 0;
    const door = await startDoor({
      checkReadiness: async () => {
        looks += 1;
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => door.send("GET", "/readyz")));
    expect(looks).toBe(1);
  });
});

describe("/metrics", () => {
  it("are for those who have their token (401 otherwise)", async () => {
    const door = await startDoor();
    const alice = await door.addUser("alice");
    for (const as of [undefined, "wrong", alice, await door.bearer(alice)]) {
      const refused = await door.send("GET", "/metrics", { as });
      expect([refused.status, refused.headers["www-authenticate"]]).toEqual([401, 'Bearer realm="metrics"']);
    }
    await door.send("GET", "/v2/", { as: alice });
    const answer = await door.send("GET", "/metrics", { as: door.metricsToken });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toContain("text/plain");
    expect(answer.text).toMatch(/layerport_http_requests_total\{endpoint="end-1",status="200"\} 1/);
    expect(answer.text).toMatch(/layerport_http_requests_total\{endpoint="operations",status="401"\} 4/);
    expect(answer.text).toMatch(/layerport_http_sent_bytes_total [1-9]/);
    expect(answer.text).toMatch(/layerport_http_uploads_open 0/);
  });
});
