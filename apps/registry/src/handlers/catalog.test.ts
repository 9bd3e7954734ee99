import { image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { password, repository, startDoor, type TestDoor } from "../test-door.ts";

const administrator = `ada:${password}`;
let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  for (const name of ["alice/a", "alice/b", "ada/c"]) await push(door.registry, repository(name), image());
});

describe("catalog", () => {
  it("lists every repository to an administrator, page by page (200)", async () => {
    const first = await door.send("GET", "/v2/_catalog?n=2", { as: administrator });
    expect(JSON.parse(first.text)).toEqual({ repositories: ["ada/c", "alice/a"] });
    expect(first.headers.link).toBe('</v2/_catalog?n=2&last=alice%2Fa>; rel="next"');
    const rest = await door.send("GET", "/v2/_catalog?n=2&last=alice%2Fa", { as: administrator });
    expect([JSON.parse(rest.text).repositories, rest.headers.link]).toEqual([["alice/b"], undefined]);
  });

  it("T07 refuses everybody else, and names the scope that is needed (401)", async () => {
    for (const as of [undefined, alice, await door.bearer(alice, "registry:catalog:*")]) {
      const answer = await door.send("GET", "/v2/_catalog", { as });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain('scope="registry:catalog:*"');
    }
  });

  it("T07 answers n=999999999 with a page (200)", async () => {
    expect((await door.send("GET", "/v2/_catalog?n=999999999", { as: administrator })).status).toBe(200);
  });

  it("B54 refuses an n that is no number and an overlong last (400), and goes on after a last that is unknown", async () => {
    for (const query of ["n=x", "n=-1", `last=${"x".repeat(10_000)}`]) {
      expect((await door.send("GET", `/v2/_catalog?${query}`, { as: administrator })).status).toBe(400);
    }
    const answer = await door.send("GET", "/v2/_catalog?last=alice/aa", { as: administrator });
    expect(JSON.parse(answer.text)).toEqual({ repositories: ["alice/b"] });
  });

  it("B53 answers nothing for n=0, and no Link (200)", async () => {
    const answer = await door.send("GET", "/v2/_catalog?n=0", { as: administrator });
    expect([answer.status, JSON.parse(answer.text), answer.headers.link]).toEqual([
      200,
      { repositories: [] },
      undefined,
    ]);
  });
});
