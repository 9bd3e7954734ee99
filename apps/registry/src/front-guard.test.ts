import { image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { basic, repository, startBackend, startDoor, type TestDoor } from "./test-door.ts";

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  const portalUrl = await startBackend((_request, response) => response.end("portal"));
  door = await startDoor({ settings: { portalUrl } });
  alice = await door.addUser("alice");
  await push(door.registry, repository("alice/app"), image(), ["latest", "1..2"]);
});

/** A request as text, with the Host that it needs. */
function raw(line: string, headers = "", body = ""): string {
  return `${line} HTTP/1.1\r\nHost: ${door.host}\r\nConnection: close\r\n${headers}\r\n${body}`;
}

async function sendRaw(text: string): Promise<{ status: number; text: string; answers: number }> {
  const answer = await door.sendRaw(text);
  const lines = answer.match(/HTTP\/1\.1 \d{3}/g) ?? [];
  return { status: Number(lines[0]?.slice(9) ?? 0), text: answer, answers: lines.length };
}

describe("paths", () => {
  it.each([
    ["B1", "/v2/../../etc/passwd"],
    ["B2", "/v2/alice/app/%2e%2e/%2e%2e/bob/secret/manifests/latest"],
    ["B3", "/v2/alice%2fapp/manifests/latest"],
    ["B3", "/v2/alice\\app/manifests/latest"],
    ["B3", "/v2//alice/app/manifests/latest"],
    ["B4", "/v2/a%00b/tags/list"],
    ["B5", "/v2/Alice/App/tags/list"],
    ["B5", "/v2/-a/b/tags/list"],
    ["B5", "/v2/a/b./tags/list"],
    ["B5", "/v2/a..b/tags/list"],
    ["B5", "/v2/a___b/tags/list"],
    ["B5", "/v2/a//b/tags/list"],
    ["B5", `/v2/${"x".repeat(256)}/tags/list`],
    ["B5", "/v2/caf%c3%a9/tags/list"],
    ["B5", "/v2/caf\u00e9/tags/list"],
  ])("T05 T06 %s refuses %s to everybody (400 NAME_INVALID)", async (_row, target) => {
    for (const credentials of ["", basic(alice)]) {
      const { status, text } = await sendRaw(raw(`GET ${target}`, credentials));
      expect(status).toBe(400);
      expect(text).toContain('"NAME_INVALID"');
      expect(text).toContain("X-Content-Type-Options: nosniff");
    }
  });

  it.each([`${"x".repeat(129)}`, ".tag", "-tag", "a/b", "tag%0a"])(
    "B6 refuses to push to the tag %s (400 MANIFEST_INVALID), and knows none of that name (404 MANIFEST_UNKNOWN)",
    async (tag) => {
      const path = `/v2/alice/app/manifests/${tag}`;
      const put = await sendRaw(raw(`PUT ${path}`, `${basic(alice)}Content-Length: 2\r\n`, "{}"));
      expect([put.status, put.text.includes('"MANIFEST_INVALID"')]).toEqual([400, true]);
      const get = await sendRaw(raw(`GET ${path}`, basic(alice)));
      expect([get.status, get.text.includes('"MANIFEST_UNKNOWN"')]).toEqual([404, true]);
    },
  );

  it("T06 never reads another repository than the one it asks the rights for", async () => {
    const token = await door.bearer(alice, "repository:alice/app:pull");
    const line = "GET /v2/alice/app/%2e%2e/%2e%2e/bob/secret/manifests/latest";
    const { status } = await sendRaw(raw(line, `Authorization: Bearer ${token}\r\n`));
    expect(status).toBe(400);
    expect(door.logLines.join("")).not.toContain('"path":"/v2/bob/secret');
  });

  it("T05 refuses such paths of the portal as well, before it is asked (400)", async () => {
    for (const target of ["/a/../setup", "//setup", "/%2e%2e/setup", "/a\\b"]) {
      expect((await sendRaw(raw(`GET ${target}`))).status).toBe(400);
    }
  });

  it("T05 serves a tag whose dots are no path (200)", async () => {
    expect((await sendRaw(raw("GET /v2/alice/app/manifests/1..2", basic(alice)))).status).toBe(200);
  });
});

describe("requests that Node's parser would take", () => {
  it.each([
    ["B7 an absolute-form target", "GET http://169.254.169.254/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 400],
    [
      "B7 an absolute-form target with an upgrade",
      "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      400,
    ],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n", 400],
    ["B8 two hosts", "GET /v2/ HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", 400],
    ["B8 a foreign host", "GET /v2/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", 421],
    ["B8 our host at another port", "GET / HTTP/1.1\r\nHost: registry.example:81\r\n\r\n", 421],
    ["B9 no host", "GET /v2/ HTTP/1.1\r\n\r\n", 400],
    ["no host in HTTP/1.0", "GET /v2/ HTTP/1.0\r\n\r\n", 400],
    [
      "two credentials",
      "GET /v2/ HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic YTpi\r\nAuthorization: Basic Yzpk\r\n\r\n",
      400,
    ],
    ["B12 TRACE", "TRACE /v2/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 405],
    ["B12 CONNECT", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: HOST\r\n\r\n", 405],
    ["B12 a method of WebDAV", "PROPFIND / HTTP/1.1\r\nHost: HOST\r\n\r\n", 405],
    ["B12 a method that nobody knows", "BREW /v2/ HTTP/1.1\r\nHost: HOST\r\n\r\n", 405],
    [
      "B9 a coding before chunked",
      "POST /token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    [
      "B9 two codings",
      "POST /token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["another expectation", "PUT /v2/ HTTP/1.1\r\nHost: HOST\r\nExpect: coffee\r\nContent-Length: 1\r\n\r\n", 417],
  ])("T58 refuses %s", async (_what, text, expected) => {
    const {
      status,
      text: answer,
      answers,
    } = await sendRaw(text.replaceAll("HOST", door.host).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    expect(status).toBe(expected);
    expect(answers).toBe(1);
    expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
    expect(answer.includes("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n")).toBe(expected === 405);
    expect(answer.includes('"code":"UNSUPPORTED"')).toBe(expected === 405);
  });

  it("B10 refuses 17 KB of headers (431)", async () => {
    expect((await sendRaw(raw("GET /v2/", `X-Long: ${"x".repeat(17 * 1024)}\r\n`))).status).toBe(431);
  });

  it("B11 refuses more than 200 headers, and 2,500 (431)", async () => {
    const short = Array.from({ length: 201 }, (_, at) => `a${at}: b\r\n`).join("");
    expect((await sendRaw(raw("GET /v2/", short))).status).toBe(431);
    expect((await sendRaw(raw("GET /v2/", "a: b\r\n".repeat(2500)))).status).toBe(431);
  });
});

describe("requests that cannot be read", () => {
  it.each([
    ["a length with a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello"],
    ["an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"],
    ["a coding after chunked", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"],
    ["a folded header", "X-A: b\r\n c\r\n", ""],
    ["a space before the colon", "X-A : b\r\n", ""],
    ["a signed length", "Content-Length: +5\r\n", "hello"],
    ["a negative chunk", "Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n"],
  ])("B9 B13 T58 refuses %s and closes the connection (400)", async (_what, headers, body) => {
    const smuggled = `GET /livez HTTP/1.1\r\nHost: ${door.host}\r\n\r\n`;
    const line = `POST /token HTTP/1.1\r\nHost: ${door.host}\r\n${headers}\r\n${body}${smuggled}`;
    const { status, answers, text } = await sendRaw(line);
    expect(status).toBe(400);
    expect(answers).toBe(1);
    expect(text.toLowerCase()).toContain("connection: close");
  });

  it("B9 refuses lines that end with a bare line feed (400)", async () => {
    expect((await sendRaw(`GET /v2/ HTTP/1.1\nHost: ${door.host}\n\n`)).status).toBe(400);
  });

  it("B13 refuses a chunk extension of 20 KB (413)", async () => {
    const body = `5;${"x".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`;
    const answer = await sendRaw(raw("POST /token", "Transfer-Encoding: chunked\r\n", body));
    expect([answer.status, answer.answers]).toEqual([413, 1]);
  });

  it("never answers twice when a second request is unreadable while the first is on its way", async () => {
    const first = `GET /v2/alice/app/tags/list HTTP/1.1\r\nHost: ${door.host}\r\n${basic(alice)}\r\n`;
    const { answers } = await sendRaw(`${first}${first}nonsense\r\n\r\n`);
    expect(answers).toBeLessThanOrEqual(2);
    const log = door.logLines.join("");
    expect(log).not.toContain("ERR_HTTP_HEADERS_SENT");
  });
});
