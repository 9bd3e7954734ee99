import { type AttemptParts, digestOf, type ManifestBytes, type Step, type Subject } from "./attempt.ts";
import { after, type Effect, type Facts } from "./facts.ts";
import type { Operation, Stage } from "./operation.ts";

const imageType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

/** Every way in which manifests and tags come into a repository, and out of it. */
export const manifestOperations: readonly Operation[] = [
  { name: "manifest-put-tag", stage: (stage) => newManifest(stage, byTag("v1"), ["v1"]) },
  { name: "manifest-put-digest-tags", stage: (stage) => newManifest(stage, byDigest("a", "b", "c"), ["a", "b", "c"]) },
  { name: "manifest-move-tag", stage: movedTag },
  { name: "index-put-tag", stage: newIndex },
  { name: "tag-delete", stage: deletedTag },
  { name: "manifest-delete", stage: deletedManifest },
];

type Path = (manifest: ManifestBytes) => string;

function byTag(tag: string): Path {
  return () => tag;
}

function byDigest(...tags: readonly string[]): Path {
  return ({ bytes }) => `${digestOf(bytes)}?${tags.map((tag) => `tag=${tag}`).join("&")}`;
}

async function newManifest(stage: Stage, path: Path, tags: readonly string[]): Promise<AttemptParts> {
  const image = await stageImage(stage, await stage.existing());
  return {
    subject: { ...image.subject, tags },
    start: image.facts,
    steps: [putting(image.subject.repository, image.manifest, { path, tags })],
  };
}

/** A tag that points at one image, and then at another. */
async function movedTag(stage: Stage): Promise<AttemptParts> {
  const { repository } = stage;
  const first = await stageImage(stage, await stage.existing());
  const push = putting(repository, first.manifest, { path: byTag("v1"), tags: ["v1"] });
  await stage.take(push);
  const second = await stageImage(stage, after(first.facts, push.effect));
  const effect: Effect = {
    seen: { ...whole(second.manifest), "tag v1": digestOf(second.manifest.bytes) },
    audit: [`manifest.pushed ${repository}@${digestOf(second.manifest.bytes)}`, `tag.moved ${repository}:v1`],
  };
  return {
    subject: together([first.subject, second.subject], ["v1"]),
    start: second.facts,
    steps: [{ ...putting(repository, second.manifest, { path: byTag("v1"), tags: [] }), effect }],
  };
}

/** An index of two images, pushed after them. */
async function newIndex(stage: Stage): Promise<AttemptParts> {
  const { repository } = stage;
  let facts = await stage.existing();
  const subjects: Subject[] = [];
  for (const _ of [1, 2]) {
    const image = await stageImage(stage, facts);
    const push = putting(repository, image.manifest, { path: byDigest(), tags: [] });
    await stage.take(push);
    facts = after(image.facts, push.effect);
    subjects.push(image.subject);
  }
  const manifests = subjects.flatMap((subject) => subject.manifests.map(descriptor));
  const index = manifestBytes(indexType, { manifests });
  const { blobs, manifests: children } = together(subjects, []);
  return {
    subject: { repository, blobs, manifests: [...children, index], tags: ["all"] },
    start: facts,
    steps: [putting(repository, index, { path: byTag("all"), tags: ["all"] })],
  };
}

/** One of two tags of an image. */
async function deletedTag(stage: Stage): Promise<AttemptParts> {
  const { subject, facts } = await stageTagged(stage);
  return deleting(subject, facts, {
    path: "a",
    effect: { seen: { "tag a": undefined }, audit: [`tag.removed ${subject.repository}:a`] },
  });
}

/** An image with two tags, which go with it. */
async function deletedManifest(stage: Stage): Promise<AttemptParts> {
  const { subject, facts, manifest } = await stageTagged(stage);
  const digest = digestOf(manifest.bytes);
  const { repository } = subject;
  return deleting(subject, facts, {
    path: digest,
    effect: {
      seen: { "tag a": undefined, "tag b": undefined, [`manifest ${digest}`]: undefined },
      audit: [`tag.removed ${repository}:a`, `tag.removed ${repository}:b`, `manifest.deleted ${repository}@${digest}`],
    },
  });
}

interface Deletion {
  readonly path: string;
  readonly effect: Effect;
}

function deleting(subject: Subject, start: Facts, { path, effect }: Deletion): AttemptParts {
  const request = { method: "DELETE", path: `/v2/${subject.repository}/manifests/${path}` } as const;
  return { subject, start, steps: [{ request: () => request, status: 202, statusAgain: 404, effect }] };
}

interface StagedImage {
  readonly subject: Subject;
  readonly facts: Facts;
  readonly manifest: ManifestBytes;
}

async function stageTagged(stage: Stage): Promise<StagedImage> {
  const image = await stageImage(stage, await stage.existing());
  const tags = ["a", "b"];
  const push = putting(stage.repository, image.manifest, { path: byDigest(...tags), tags });
  await stage.take(push);
  return { ...image, subject: { ...image.subject, tags }, facts: after(image.facts, push.effect) };
}

/** Pushes the config and the layers of an image, one of them in a file; its manifest is still to come. */
async function stageImage(stage: Stage, known: Facts): Promise<StagedImage> {
  const { repository } = stage;
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", created: stage.random.name() }));
  const blobs = [config, stage.bytes(500), stage.bytes(80_000)];
  for (const blob of blobs) await stage.push(repository, blob);
  const [, ...layers] = blobs;
  const manifest = manifestBytes(imageType, {
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.byteLength,
    },
    layers: layers.map((layer) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: digestOf(layer),
      size: layer.byteLength,
    })),
  });
  const seen = Object.fromEntries(blobs.map((blob) => [`blob ${digestOf(blob)}`, "whole"]));
  return {
    subject: { repository, blobs, manifests: [manifest], tags: [] },
    facts: after(known, { seen }),
    manifest,
  };
}

interface Push {
  readonly path: Path;
  /** Tags that it makes. */
  readonly tags: readonly string[];
}

function putting(repository: string, manifest: ManifestBytes, { path, tags }: Push): Step {
  const digest = digestOf(manifest.bytes);
  const headers = { "content-type": manifest.mediaType };
  return {
    request: () => ({
      method: "PUT",
      path: `/v2/${repository}/manifests/${path(manifest)}`,
      headers,
      body: manifest.bytes,
    }),
    status: 201,
    effect: {
      seen: { ...whole(manifest), ...Object.fromEntries(tags.map((tag) => [`tag ${tag}`, digest])) },
      audit: [`manifest.pushed ${repository}@${digest}`, ...tags.map((tag) => `tag.created ${repository}:${tag}`)],
    },
  };
}

function whole({ bytes }: ManifestBytes): Record<string, string> {
  return { [`manifest ${digestOf(bytes)}`]: "whole" };
}

function descriptor({ bytes, mediaType }: ManifestBytes) {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

function manifestBytes(mediaType: string, fields: object): ManifestBytes {
  return { mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields })) };
}

function together(subjects: readonly Subject[], tags: readonly string[]): Subject {
  return {
    repository: subjects[0]?.repository ?? "",
    blobs: subjects.flatMap(({ blobs }) => blobs),
    manifests: subjects.flatMap(({ manifests }) => manifests),
    tags,
  };
}
