import type { Database, Transaction } from "@layerport/database";
import {
  type Actor,
  type AuditEvent,
  type Digest,
  type RepositoryName,
  splitRepositoryName,
  type Tag,
} from "@layerport/registry-core";
import { updateIndexesAbove } from "./index-shape.ts";
import { indexLock, manifestLock, tagLocks, takeLocks } from "./locks.ts";
import { manifestUnknown } from "./manifest-pointers.ts";
import type { Repositories } from "./repositories.ts";

/** Takes tags and manifests out of repositories. */
export class ManifestRemoval {
  readonly #database: Database;
  readonly #repositories: Repositories;

  constructor(database: Database, repositories: Repositories) {
    this.#database = database;
    this.#repositories = repositories;
  }

  async deleteTag(repository: RepositoryName, tag: Tag, actor: Actor): Promise<void> {
    const repositoryId = await this.#repositories.idOf(repository);
    await this.#database.transaction(async (transaction) => {
      await takeLocks(transaction, tagLocks(repositoryId, [tag]));
      const removed = await removeTags(transaction, repositoryId, { tags: [tag], actor });
      if (removed.length === 0) throw manifestUnknown(tag);
      await this.#repositories.recordAll(transaction, removed.map(eventOf(repository, actor)));
    });
  }

  async deleteManifest(repository: RepositoryName, digest: Digest, actor: Actor): Promise<void> {
    const repositoryId = await this.#repositories.idOf(repository);
    await this.#database.transaction(async (transaction) => {
      // Under the manifest's lock no tag comes to point at it; then those that do are locked as a push locks them.
      await takeLocks(transaction, [indexLock(repositoryId, false), manifestLock(repositoryId, digest)]);
      const pointing = await transaction.query<{ name: Tag }>({
        name: "manifest-tags",
        text: "SELECT name FROM tag WHERE repository_id = $1::uuid AND digest = $2",
        values: [repositoryId, digest],
      });
      const tags = pointing.map(({ name }) => name);
      await takeLocks(transaction, tagLocks(repositoryId, tags));
      const removed = await removeTags(transaction, repositoryId, { tags, digest, actor });
      const [deleted] = await transaction.query<{ mediaType: string }>({
        name: "manifest-delete",
        text: `DELETE FROM manifest WHERE repository_id = $1::uuid AND digest = $2 RETURNING media_type AS "mediaType"`,
        values: [repositoryId, digest],
      });
      if (deleted === undefined) throw manifestUnknown(digest);
      await updateIndexesAbove(transaction, repositoryId, digest);
      const { organization } = splitRepositoryName(repository);
      const before = { digest, mediaType: deleted.mediaType };
      const target = `${repository}@${digest}`;
      await this.#repositories.recordAll(transaction, [
        ...removed.map(eventOf(repository, actor)),
        { action: "manifest.deleted", actor, target, organization, repository, before },
      ]);
    });
  }
}

interface RemovedTag {
  readonly name: Tag;
  readonly digest: Digest;
}

async function removeTags(
  transaction: Transaction,
  repositoryId: string,
  { tags, digest, actor }: { readonly tags: readonly Tag[]; readonly digest?: Digest; readonly actor: Actor },
): Promise<readonly RemovedTag[]> {
  return transaction.query<RemovedTag>({
    name: "tags-remove",
    text: `WITH removed AS (
        DELETE FROM tag WHERE repository_id = $1::uuid AND name = ANY($2::text[]) AND ($3::text IS NULL OR digest = $3)
        RETURNING name, digest),
      history AS (
        INSERT INTO tag_event (repository_id, tag, kind, digest_before, at, actor_kind, actor_id, actor_name)
        SELECT $1::uuid, name, 'removed', digest, clock_timestamp(), $4, $5, $6 FROM removed)
      SELECT name, digest FROM removed ORDER BY name`,
    values: [repositoryId, tags, digest ?? null, actor.kind, actor.id ?? null, actor.name],
  });
}

function eventOf(repository: RepositoryName, actor: Actor): (tag: RemovedTag) => AuditEvent {
  const { organization } = splitRepositoryName(repository);
  return ({ name, digest }) => ({
    action: "tag.removed",
    actor,
    target: `${repository}:${name}`,
    organization,
    repository,
    before: { digest },
  });
}
