import type { ImageConfig } from "@layerport/registry-core";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ConfigView } from "./config-view.tsx";

const empty: ImageConfig = {
  platform: { os: "linux", architecture: "amd64" },
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

const draw = (config: Partial<ImageConfig>) => renderToStaticMarkup(<ConfigView config={{ ...empty, ...config }} />);
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, "|");

describe("an image's configuration", () => {
  it("shows how it runs, its environment and its labels", () => {
    const text = textOf(
      draw({
        entrypoint: ["/usr/bin/node"],
        command: ["server.js", "--port=80"],
        environment: ["PATH=/usr/bin", "OPTIONS=a=b", "EMPTY="],
        exposedPorts: ["80/tcp"],
        labels: { "org.opencontainers.image.version": "1.4.2" },
        user: "node",
      }),
    );
    expect(text).toContain("[&quot;/usr/bin/node&quot;]");
    expect(text).toContain("80/tcp");
    expect(text).toMatch(/OPTIONS\|+a=b\|/);
    expect(text).toMatch(/org\.opencontainers\.image\.version\|+1\.4\.2\|/);
  });

  it("says what is not set", () => {
    const text = textOf(draw({}));
    expect(text).toContain("No variables are set.");
    expect(text).toContain("There are no labels.");
    expect(text).toContain("root, unless the client says otherwise");
  });

  it.each([
    "<script>alert(1)</script>",
    `"><img src=x onerror=alert(1)>`,
    "javascript:alert(1)",
    "<svg><style>@import '//canary.test'</style></svg>",
    "</dd></dl><iframe src=//canary.test>",
  ])("shows %j as text wherever an author may write it (T41)", (hostile) => {
    const markup = draw({
      entrypoint: [hostile],
      command: [hostile],
      environment: [`${hostile}=${hostile}`],
      exposedPorts: [hostile],
      volumes: [hostile],
      labels: { [hostile]: hostile },
      user: hostile,
      workingDirectory: hostile,
      stopSignal: hostile,
    });
    expect(markup).not.toMatch(/<(script|img|iframe|style)|href="javascript:/i);
  });

  it("marks characters that deceive, wherever an author may write them (B58)", () => {
    const hostile = "a\u202Egpj";
    const markup = draw({
      entrypoint: [hostile],
      environment: [`${hostile}=${hostile}`],
      exposedPorts: [hostile],
      volumes: [hostile],
      labels: { [hostile]: hostile },
      user: hostile,
      workingDirectory: hostile,
      stopSignal: hostile,
    });
    const shown = markup.replaceAll(/ (?:data-[\w-]+|aria-label|title)="[^"]*"/g, "");
    expect(shown).not.toContain("\u202E");
    expect(shown.match(/U\+202E/g)).toHaveLength(10);
  });

  it("of hundreds of long labels stays short enough to send", () => {
    const labels = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`label-${n}`, "x".repeat(100_000)]));
    expect(draw({ labels }).length).toBeLessThan(1_000_000);
  });
});
