import { image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, startDoor, type TestDoor } from "../test-door.ts";

const tags = ["0.1.2", "0.1.20", "Latest", "_x", "a-b", "latest", "v1"];

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  await push(door.registry, repository("alice/app"), image(), tags);
});

async function list(query: string) {
  const answer = await door.send("GET", `/v2/alice/app/tags/list${query}`, { as: alice });
  const code = answer.status === 200 ? undefined : JSON.parse(answer.text).errors[0].code;
  return { ...answer, tags: answer.status === 200 ? JSON.parse(answer.text).tags : undefined, code };
}

describe("end-8a", () => {
  it("B55 lists every tag in byte order, under a type without parameters (200)", async () => {
    const answer = await list("");
    expect(JSON.parse(answer.text)).toEqual({ name: "alice/app", tags });
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.headers.link).toBeUndefined();
  });

  it("does not know a repository that the caller could see, were it here (404 NAME_UNKNOWN)", async () => {
    const answer = await door.send("GET", "/v2/alice/none/tags/list", { as: alice });
    expect([answer.status, JSON.parse(answer.text).errors[0].code]).toEqual([404, "NAME_UNKNOWN"]);
  });

  it("a stranger gets the same 401 for a private repository as for none", async () => {
    expect((await door.send("GET", "/v2/alice/app/tags/list")).status).toBe(401);
    expect((await door.send("GET", "/v2/alice/none/tags/list")).status).toBe(401);
  });
});

describe("end-8b", () => {
  it("can be followed page by page to the end (200 Link)", async () => {
    const seen: string[] = [];
    let path: string | undefined = "/v2/alice/app/tags/list?n=3";
    while (path !== undefined) {
      const answer = await door.send("GET", path, { as: alice });
      const page: string[] = JSON.parse(answer.text).tags;
      expect(page.length).toBeLessThanOrEqual(3);
      seen.push(...page);
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
    }
    expect(seen).toEqual(tags);
  });

  it("B53 answers nothing for n=0, and no Link (200)", async () => {
    const answer = await list("?n=0");
    expect([answer.status, answer.tags, answer.headers.link]).toEqual([200, [], undefined]);
  });

  it("B54 refuses an n that is no number and an overlong last (400 UNSUPPORTED)", async () => {
    for (const query of ["?n=-1", "?n=abc", `?last=${"x".repeat(10_000)}`]) {
      const answer = await list(query);
      expect([answer.status, answer.code]).toEqual([400, "UNSUPPORTED"]);
    }
  });

  it("B54 cuts a huge n, and goes on after a last that is unknown (200)", async () => {
    expect((await list("?n=1000000000")).tags).toEqual(tags);
    expect((await list("?last=b")).tags).toEqual(["latest", "v1"]);
  });
});
