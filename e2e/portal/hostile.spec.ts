import { openRegistryClient } from "@layerport/registry-client";
import { mediaTypes, parseRepositoryName } from "@layerport/registry-core";
import { blob, image, imageManifest, push } from "@layerport/testkit";
import { expect } from "@playwright/test";
import { test } from "./furnished.ts";
import { administrator } from "./people.ts";

/** The list of tags of the image's repository. */
const tags = `/r/${administrator.username}/hostile/-/tags`;
const canary = "https://canary.test";

const scripts = [
  "<script>alert(1)</script>",
  `<script src="${canary}/x.js"></script>`,
  "<img src=x onerror=alert(1)>",
  `<img src="${canary}/x.png">`,
  "<svg onload=alert(1)>",
  `<svg><style>@import "${canary}/x.css"</style></svg>`,
  "<svg><script>alert(1)</script></svg>",
  "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
  `<iframe src="${canary}"></iframe>`,
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  `<object data="${canary}/x"></object>`,
  `<link rel=stylesheet href="${canary}/x.css">`,
  `<base href="${canary}/">`,
  `<meta http-equiv=refresh content="0;url=${canary}">`,
  `<form action="${canary}"><button>Sign in</button></form>`,
  "<a href='javascript:alert(1)'>x</a>",
  "<details open ontoggle=alert(1)>",
  "<input autofocus onfocus=alert(1)>",
  "<video><source onerror=alert(1)></video>",
  "<body onload=alert(1)>",
  `<style>*{background:url("${canary}/x.png")}</style>`,
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "{{constructor.constructor('alert(1)')()}}",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant as an author wrote it.
  "${alert(1)}",
];

/** Ways out of the place that a page might put a text into. */
const breakouts = ["", `">`, "'>", "</script>", "</dd></dl>", "-->", "]]>", "</textarea></title>", "\u202E"];

const payloads = scripts.flatMap((script) => breakouts.map((breakout) => `${breakout}${script}`));

test("T41 an image whose author wrote scripts wherever an author may write is text on every page", async ({
  page,
  furnished,
}) => {
  test.setTimeout(120_000);
  const base = image();
  const config = blob(
    new TextEncoder().encode(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        created: payloads[0],
        author: payloads[1],
        config: {
          Entrypoint: payloads,
          Cmd: payloads,
          Env: payloads.map((payload) => `${payload}=${payload}`),
          Labels: Object.fromEntries(payloads.map((payload) => [payload, payload])),
          ExposedPorts: Object.fromEntries(payloads.map((payload) => [payload, {}])),
          Volumes: Object.fromEntries(payloads.map((payload) => [payload, {}])),
          User: payloads[2],
          WorkingDir: payloads[3],
          StopSignal: payloads[4],
        },
        rootfs: { type: "layers", diff_ids: base.layers.map(({ descriptor }) => descriptor.digest) },
        history: [
          ...payloads.map((payload) => ({ created_by: payload, empty_layer: true })),
          { created_by: `RUN ${payloads.at(-1)}` },
        ],
      }),
    ),
    mediaTypes.ociConfig,
  );
  const annotations = Object.fromEntries(payloads.map((payload, place) => [`${place}${payload}`, payload]));
  const hostile = imageManifest(config, base.layers, { annotations });
  const referrer = imageManifest(config, base.layers, {
    annotations,
    artifactType: "application/vnd.hostile",
    subject: hostile.descriptor,
  });
  const client = openRegistryClient({
    url: furnished.layerport.url,
    credentials: { name: administrator.username, secret: administrator.password },
    allowPrivateAddresses: true,
  });
  try {
    const repository = parseRepositoryName(`${administrator.username}/hostile`);
    await push(client, repository, hostile, ["1"]);
    await push(client, repository, referrer, ["artifact"]);
  } finally {
    await client.close();
  }

  const alarms: string[] = [];
  page.on("dialog", (dialog) => {
    alarms.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(furnished.layerport.url)) alarms.push(`a request to ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") alarms.push(message.text());
  });
  page.on("pageerror", (error) => alarms.push(error.message));
  expect(payloads.length).toBeGreaterThanOrEqual(200);
  for (const path of [
    "/",
    "/explore",
    tags,
    `${tags}/1`,
    `${tags}/1?tab=config`,
    `${tags}/1?tab=manifest`,
    `${tags}/1?tab=referrers`,
    `${tags}/artifact`,
  ]) {
    expect((await page.goto(path))?.status(), path).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(page.url()).toBe(`${furnished.layerport.url}${path}`);
  }
  await page.goto(`${tags}/1?tab=config`);
  await expect(page.getByRole("table", { name: "Labels" }).getByRole("rowheader").first()).toBeVisible();
  expect(await page.getByRole("table", { name: "Labels" }).getByRole("row").count()).toBeGreaterThan(100);
  expect(alarms).toEqual([]);
});
