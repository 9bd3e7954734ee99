import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type AttemptParts, completing, digestOf, type Step } from "./attempt.ts";
import { after, type Effect, nothing } from "./facts.ts";
import { created, type Operation, posting, type Stage } from "./operation.ts";

/** Small enough for a row of Postgres, and too long for one. */
const sizes = { row: 9_000, file: 300_000 } as const;
type Kind = keyof typeof sizes;
const kinds: readonly Kind[] = ["row", "file"];

/** Where chunks end: in a file the first fits a row, and the second moves it. */
const cuts: Readonly<Record<Kind, readonly number[]>> = { row: [2_000, 6_000], file: [40_000, 190_000] };

/** Long enough to be written in several batches. */
const streamedBytes = 2_600_000;
const streamedPart = 130_000;

/** The simplest of them, to lead a registry through what is done once. */
export const plainUpload: Operation = {
  name: "blob-chunks-file",
  stage: (stage) => newBlob(stage, stage.bytes(sizes.file), inChunks(cuts.file)),
};

/** Every way in which a blob comes into a repository, and out of it. */
export const blobOperations: readonly Operation[] = [
  ...kinds.flatMap((kind): Operation[] => [
    { name: `blob-post-${kind}`, stage: (stage) => newBlob(stage, stage.bytes(sizes[kind]), post) },
    { name: `blob-put-${kind}`, stage: (stage) => newBlob(stage, stage.bytes(sizes[kind]), postThenPut) },
    { name: `blob-chunks-${kind}`, stage: (stage) => newBlob(stage, stage.bytes(sizes[kind]), inChunks(cuts[kind])) },
    { name: `blob-stream-${kind}`, stage: (stage) => newBlob(stage, stage.bytes(streamed(kind)), postThenStream) },
    { name: `blob-resume-${kind}`, stage: (stage) => resumed(stage, kind) },
    { name: `blob-wrong-digest-${kind}`, stage: (stage) => wrongDigest(stage, kind) },
    { name: `blob-again-${kind}`, stage: (stage) => pushedBefore(stage, kind) },
    { name: `mount-${kind}`, stage: (stage) => mounted(stage, kind) },
    { name: `upload-cancel-${kind}`, stage: (stage) => cancelled(stage, kind) },
    { name: `blob-delete-${kind}`, stage: (stage) => deleted(stage, kind) },
  ]),
  { name: "blob-resume-after-crash", stage: resumedAfterCrash, crashes: true },
];

function streamed(kind: Kind): number {
  return kind === "row" ? sizes.row : streamedBytes;
}

type Way = (repository: string, content: Buffer) => readonly Step[];

/** A blob that nobody has, into a repository that its first request makes. */
async function newBlob(stage: Stage, content: Buffer, way: Way): Promise<AttemptParts> {
  const { repository } = stage;
  const [first, ...more] = way(repository, content);
  if (first === undefined) throw new Error("a way to push needs a request");
  const audit = [`repository.created ${repository}`];
  return {
    subject: { repository, blobs: [content], manifests: [], tags: [] },
    start: nothing,
    steps: [{ ...first, effect: { ...first.effect, audit } }, ...more],
    upload: { location: "", content },
  };
}

const post: Way = (repository, content) => [
  { request: () => posting(repository, content), status: 201, effect: becomes(content) },
];

const postThenPut: Way = (repository, content) => [starting(repository), putting(content, content)];

const postThenStream: Way = (repository, content) => [
  starting(repository),
  {
    request: (path) => ({ method: "PATCH", path, body: parts(content, streamedPart) }),
    status: 202,
    effect: { uploaded: content.byteLength },
  },
  putting(content),
];

function inChunks(ends: readonly number[]): Way {
  return (repository, content) => [
    starting(repository),
    ...ends.map((end, at) => appending(content, ends[at - 1] ?? 0, end)),
    putting(content, content.subarray(ends.at(-1) ?? 0)),
  ];
}

/** The second half of a blob whose first half was acknowledged. */
async function resumed(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const { repository } = stage;
  const content = stage.bytes(sizes[kind]);
  const [start, first] = inChunks(cuts[kind])(repository, content);
  if (start === undefined || first === undefined) throw new Error("there is no first chunk");
  const location = await stage.take(start);
  await stage.take(first, location);
  return goingOn(repository, content, { location, from: cuts[kind][0] ?? 0 });
}

/** The rest of a blob whose writer was killed while it wrote, which left its mark in the row. */
async function resumedAfterCrash(stage: Stage): Promise<AttemptParts> {
  const { repository } = stage;
  const content = stage.bytes(streamedBytes);
  const from = 200_000;
  const location = await stage.take(starting(repository));
  await stage.take(appending(content, 0, from), location);
  // It never ends, so that some of it is written and none of it committed.
  const cutOff = stage.client.send({
    method: "PATCH",
    path: location,
    body: Readable.from(andThenNothing(parts(content.subarray(from, -1), streamedPart))),
  });
  // It fails with the crash, as it should.
  cutOff.catch(() => undefined);
  await delay(150);
  await stage.crash();
  return goingOn(repository, content, { location, from });
}

function goingOn(
  repository: string,
  content: Buffer,
  { location, from }: { readonly location: string; readonly from: number },
): AttemptParts {
  return {
    subject: { repository, blobs: [content], manifests: [], tags: [] },
    start: after(created(repository), { uploaded: from }),
    steps: [appending(content, from, content.byteLength), putting(content)],
    stepsAgain: post(repository, content),
    upload: { location, content },
  };
}

/** An upload that ends with the digest of other bytes: refused, and nothing of it is left. */
async function wrongDigest(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const { repository } = stage;
  const start = await stage.existing();
  const content = stage.bytes(sizes[kind]);
  const other = stage.bytes(sizes[kind]);
  const refused: Step = {
    request: (location) => ({ method: "PUT", path: completing(location, other), body: content }),
    status: 400,
    effect: { uploaded: "gone" },
  };
  return {
    subject: { repository, blobs: [content, other], manifests: [], tags: [] },
    start,
    steps: [starting(repository), refused],
  };
}

/** A blob that another repository has: the bytes come, and are found to be there. */
async function pushedBefore(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const content = stage.bytes(sizes[kind]);
  await stage.push(stage.source, content);
  return newBlob(stage, content, postThenPut);
}

async function mounted(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const { repository, source } = stage;
  const content = stage.bytes(sizes[kind]);
  await stage.push(source, content);
  const start = await stage.existing();
  const path = `/v2/${repository}/blobs/uploads/?mount=${digestOf(content)}&from=${source}`;
  return {
    subject: { repository, blobs: [content], manifests: [], tags: [] },
    start,
    steps: [{ request: () => ({ method: "POST", path }), status: 201, effect: { seen: whole(content) } }],
  };
}

async function cancelled(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const { repository } = stage;
  const content = stage.bytes(sizes[kind]);
  const length = content.byteLength - 10;
  const location = await stage.take(starting(repository));
  await stage.take(appending(content, 0, length), location);
  return {
    subject: { repository, blobs: [content], manifests: [], tags: [] },
    start: after(created(repository), { uploaded: length }),
    steps: [
      {
        request: (path) => ({ method: "DELETE", path }),
        status: 204,
        statusAgain: 404,
        effect: { uploaded: "gone" },
      },
    ],
    upload: { location, content: undefined },
  };
}

async function deleted(stage: Stage, kind: Kind): Promise<AttemptParts> {
  const { repository } = stage;
  const content = stage.bytes(sizes[kind]);
  await stage.push(repository, content);
  const path = `/v2/${repository}/blobs/${digestOf(content)}`;
  return {
    subject: { repository, blobs: [content], manifests: [], tags: [] },
    start: after(created(repository), { seen: whole(content) }),
    steps: [
      {
        request: () => ({ method: "DELETE", path }),
        status: 202,
        statusAgain: 404,
        effect: { seen: { [`blob ${digestOf(content)}`]: undefined } },
      },
    ],
  };
}

/** The request that starts an upload. */
function starting(repository: string): Step {
  return {
    request: () => ({ method: "POST", path: `/v2/${repository}/blobs/uploads/` }),
    status: 202,
    effect: { uploaded: 0 },
  };
}

function appending(content: Buffer, start: number, end: number): Step {
  const headers = { "content-range": `${start}-${end - 1}` };
  return {
    request: (path) => ({ method: "PATCH", path, headers, body: content.subarray(start, end) }),
    status: 202,
    effect: { uploaded: end },
  };
}

function putting(content: Buffer, last?: Buffer): Step {
  return {
    request: (location) => ({ method: "PUT", path: completing(location, content), body: last }),
    status: 201,
    effect: { ...becomes(content), uploaded: "gone" },
  };
}

function becomes(content: Buffer): Effect {
  return { seen: whole(content) };
}

function whole(content: Buffer): Record<string, string> {
  return { [`blob ${digestOf(content)}`]: "whole" };
}

async function* andThenNothing(buffers: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers;
  await new Promise(() => {});
}

function parts(content: Buffer, length: number): Buffer[] {
  return Array.from({ length: Math.ceil(content.byteLength / length) }, (_, at) =>
    content.subarray(at * length, (at + 1) * length),
  );
}
