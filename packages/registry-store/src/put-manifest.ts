import { createHash } from "node:crypto";
import type { Database, Transaction } from "@layerport/database";
import {
  type Actor,
  type AuditEvent,
  type Digest,
  formatDigest,
  type ImageConfig,
  isImageConfigMediaType,
  type Manifest,
  type ManifestPush,
  type ManifestReceipt,
  maximumManifestBytes,
  parseManifest,
  RegistryError,
  type RepositoryName,
  readImageConfig,
  splitDigest,
  splitRepositoryName,
} from "@layerport/registry-core";
import { digestInvalid } from "./blob-intake.ts";
import type { Blobs } from "./blobs.ts";
import type { ByteCache } from "./byte-cache.ts";
import { holdBlobs } from "./hold-blobs.ts";
import type { IncomingManifest } from "./incoming-manifest.ts";
import { updateIndexesAbove } from "./index-shape.ts";
import { indexLock, manifestLock, tagLocks } from "./locks.ts";
import { factsOf, imageBytesOf, referencesOf, requiredBlobs } from "./manifest-rows.ts";
import { formatPush } from "./pushes.ts";
import { repeatWhenRaced } from "./raced.ts";
import type { Pusher, Repositories } from "./repositories.ts";
import { Turnstile } from "./turnstile.ts";
import { type PointedTag, writeManifest } from "./write-manifest.ts";

/** What a push of a manifest works with. */
export interface ManifestIntakeRooms {
  readonly database: Database;
  readonly repositories: Repositories;
  readonly blobs: Blobs;
  readonly bytes: ByteCache;
}

/** The largest config that a platform is read from, in bytes. */
const maximumConfigBytes = 4 * 1024 * 1024;

/** Takes manifests in. */
export class ManifestIntake {
  readonly #rooms: ManifestIntakeRooms;
  // Pushes wait for each other's locks. Those that do must not hold all connections, or nobody could pull.
  readonly #turnstile = new Turnstile(4);

  constructor(rooms: ManifestIntakeRooms) {
    this.#rooms = rooms;
  }

  async put(repository: RepositoryName, actor: Actor, push: ManifestPush): Promise<ManifestReceipt> {
    const { content } = push;
    if (content.byteLength > maximumManifestBytes) {
      const reason = `a manifest has at most ${maximumManifestBytes} bytes`;
      throw new RegistryError("MANIFEST_INVALID", { reason }, { status: 413 });
    }
    const digest = digestOf(content, push.digest);
    const manifest = parseManifest(content, push.contentType);
    const [config, place] = await Promise.all([
      this.#readConfig(repository, manifest),
      // Before the transaction: inside it a second connection might never come, when all wait for one.
      this.#rooms.repositories.placeOf(repository),
    ]);
    const { mayOverwrite } = push;
    const incoming = { digest, content, manifest, config, tags: [...new Set(push.tags)], mayOverwrite };
    await this.#turnstile.pass(() =>
      repeatWhenRaced(() =>
        this.#rooms.database.transaction((transaction) =>
          this.#store(transaction, { repository, actor, place }, incoming),
        ),
      ),
    );
    this.#rooms.bytes.keep(digest, content);
    return {
      descriptor: { mediaType: manifest.mediaType, digest, size: content.byteLength },
      subject: manifest.subject?.digest,
      tags: incoming.tags,
    };
  }

  async #store(transaction: Transaction, by: Pusher, incoming: IncomingManifest): Promise<void> {
    const { repositories } = this.#rooms;
    const { repositoryId, events } = await repositories.ensure(transaction, by);
    const { digest, manifest, tags } = incoming;
    const locks = [indexLock(repositoryId, manifest.kind === "image"), manifestLock(repositoryId, digest)];
    await holdBlobs(transaction, repositoryId, {
      required: requiredBlobs(manifest),
      locks: [...locks, ...tagLocks(repositoryId, tags)],
    });
    const { isNew, isListed, pointed } = await writeManifest(transaction, repositoryId, {
      incoming,
      facts: factsOf(manifest, incoming.config),
      references: referencesOf(manifest),
      imageBytes: imageBytesOf(manifest),
      actor: by.actor,
      notice: formatPush(by, incoming),
    });
    const moved = pointed.filter(({ before }) => before !== null);
    if (moved.length > 0 && !incoming.mayOverwrite) {
      throw new RegistryError("DENIED", { reason: "the tag exists", tags: moved.map(({ name }) => name) });
    }
    if (isNew && isListed) await updateIndexesAbove(transaction, repositoryId, digest);
    await repositories.recordAll(transaction, [
      ...events,
      ...(isNew ? [pushedEvent(by, incoming)] : []),
      ...pointed.map((tag) => tagEvent(by, digest, tag)),
    ]);
  }

  /** The config tells an image's platform. Whether it is there at all is decided later, under the lock. */
  async #readConfig(repository: RepositoryName, manifest: Manifest): Promise<ImageConfig | undefined> {
    if (manifest.kind === "index" || !isImageConfigMediaType(manifest.config.mediaType)) return undefined;
    const content = await this.#rooms.blobs.readWhole(repository, manifest.config.digest, maximumConfigBytes);
    return content && readImageConfig(content);
  }
}

/** @throws DIGEST_INVALID when the bytes are not those of the digest that was given */
function digestOf(content: Uint8Array, given: Digest | undefined): Digest {
  const algorithm = given === undefined ? "sha256" : splitDigest(given).algorithm;
  const digest = formatDigest(algorithm, createHash(algorithm).update(content).digest("hex"));
  if (given !== undefined && given !== digest) throw digestInvalid(given);
  return digest;
}

function pushedEvent({ repository, actor }: Pusher, { digest, manifest, content }: IncomingManifest): AuditEvent {
  const { organization } = splitRepositoryName(repository);
  const after = { digest, mediaType: manifest.mediaType, sizeBytes: content.byteLength };
  return { action: "manifest.pushed", actor, target: `${repository}@${digest}`, organization, repository, after };
}

function tagEvent({ repository, actor }: Pusher, digest: Digest, { name, before }: PointedTag): AuditEvent {
  const { organization } = splitRepositoryName(repository);
  const event = { actor, target: `${repository}:${name}`, organization, repository, after: { digest } };
  return before === null
    ? { action: "tag.created", ...event }
    : { action: "tag.moved", ...event, before: { digest: before } };
}
