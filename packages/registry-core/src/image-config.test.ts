import { describe, expect, it } from "vitest";
import { readImageConfig } from "./image-config.ts";

const read = (value: unknown) => readImageConfig(new TextEncoder().encode(JSON.stringify(value)));

const nothing = {
  platform: { os: "", architecture: "", variant: undefined, osVersion: undefined },
  createdAt: undefined,
  author: undefined,
  entrypoint: [],
  command: [],
  environment: [],
  exposedPorts: [],
  volumes: [],
  labels: {},
  user: undefined,
  workingDirectory: undefined,
  stopSignal: undefined,
  history: [],
};

describe("the config of an image", () => {
  it("says how the image runs and how it was made", () => {
    const config = read({
      created: "2025-01-01T00:00:00Z",
      author: "someone",
      architecture: "arm",
      os: "linux",
      variant: "v7",
      "os.version": "1.2",
      config: {
        User: "1000:1000",
        ExposedPorts: { "80/tcp": {}, "53/udp": {} },
        Env: ["PATH=/bin", "EMPTY="],
        Entrypoint: ["/bin/sh", "-c"],
        Cmd: ["echo", ""],
        Volumes: { "/data": {} },
        WorkingDir: "/work",
        Labels: { a: "b", c: "" },
        StopSignal: "SIGTERM",
      },
      rootfs: { type: "layers", diff_ids: [] },
      history: [
        { created: "2025-01-01T00:00:00Z", created_by: "COPY a /", comment: "copied", author: "someone" },
        { created_by: "ENV A=b", empty_layer: true },
      ],
    });
    expect(config).toEqual({
      platform: { os: "linux", architecture: "arm", variant: "v7", osVersion: "1.2" },
      createdAt: "2025-01-01T00:00:00Z",
      author: "someone",
      entrypoint: ["/bin/sh", "-c"],
      command: ["echo", ""],
      environment: ["PATH=/bin", "EMPTY="],
      exposedPorts: ["80/tcp", "53/udp"],
      volumes: ["/data"],
      labels: { a: "b", c: "" },
      user: "1000:1000",
      workingDirectory: "/work",
      stopSignal: "SIGTERM",
      history: [
        {
          createdBy: "COPY a /",
          createdAt: "2025-01-01T00:00:00Z",
          comment: "copied",
          author: "someone",
          isEmptyLayer: false,
        },
        { createdBy: "ENV A=b", createdAt: undefined, comment: undefined, author: undefined, isEmptyLayer: true },
      ],
    });
  });

  const notObjects = ["", "[]", "null", "1", '"text"', "{", "\u0000", "<html>", '{"a":1}{}'];
  it.each(notObjects)("that is %j, and no JSON object, is none", (text) => {
    expect(readImageConfig(new TextEncoder().encode(text))).toBeUndefined();
  });

  it("that is a compressed layer or any other bytes is none", () => {
    expect(readImageConfig(Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0xff, 0xfe]))).toBeUndefined();
  });

  it("whose every field has the wrong type says nothing, and fails nobody", () => {
    expect(read({})).toEqual(nothing);
    for (const wrong of [null, 7, true, "", [], [null, 1, {}, []], { a: 1, b: null, c: [] }]) {
      const config = Object.fromEntries(
        ["User", "Env", "Entrypoint", "Cmd", "WorkingDir", "Labels", "StopSignal"].map((key) => [key, wrong]),
      );
      const fields = {
        created: wrong,
        author: wrong,
        os: wrong,
        architecture: wrong,
        variant: wrong,
        "os.version": wrong,
      };
      expect(read({ ...fields, config })).toEqual(nothing);
      expect(read({ config: wrong })).toEqual(nothing);
      expect(read({ config: { ExposedPorts: wrong, Volumes: wrong } })).toBeDefined();
    }
    expect(read({ history: { length: 3 } })).toEqual(nothing);
    expect(read({ history: [null, "x", 1, [], { created_by: 7, empty_layer: "true" }] })?.history).toEqual(
      Array(5).fill({
        createdBy: "",
        createdAt: undefined,
        comment: undefined,
        author: undefined,
        isEmptyLayer: false,
      }),
    );
  });

  it("leaves out the entries of a list or map that are no text", () => {
    expect(read({ config: { Cmd: ["a", 1, null, "b"], Labels: { a: "1", b: 2, c: null } } })).toMatchObject({
      command: ["a", "b"],
      labels: { a: "1" },
    });
  });

  it("B27: keeps labels named __proto__ and constructor as plain data", () => {
    const text = '{"__proto__":{"os":"linux"},"config":{"Labels":{"__proto__":"p","constructor":"c"}}}';
    const config = readImageConfig(new TextEncoder().encode(text));
    expect(Object.entries(config?.labels ?? {})).toEqual([
      ["__proto__", "p"],
      ["constructor", "c"],
    ]);
    expect(config?.platform.os).toBe("");
    expect(Object.getPrototypeOf(config?.labels)).toBe(Object.prototype);
  });

  it("B58: hands on texts as they are, whatever they hold", () => {
    const hostile = "\u202egpj.exe\u200b\n\u001b[31m<script>alert(1)</script>";
    const config = read({ author: hostile, config: { Labels: { [hostile]: hostile }, Env: [hostile] } });
    expect(config).toMatchObject({ author: hostile, labels: { [hostile]: hostile }, environment: [hostile] });
  });

  it("T09: that is nested 100,000 deep is read or none, and no stack runs out", () => {
    const deep = `{"os":"linux","config":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`;
    expect(readImageConfig(new TextEncoder().encode(deep))?.platform.os).toBe("linux");
  });
});
