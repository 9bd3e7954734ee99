import { type Database, organizationNamed, repositoryAt } from "@layerport/database";
import {
  type Actor,
  type Descriptor,
  type Digest,
  joinRepositoryName,
  type MountSource,
  RegistryError,
  type RepositoryName,
  splitRepositoryName,
} from "@layerport/registry-core";
import { type BlobPointers, blobUnknown } from "./blob-pointers.ts";
import { type BlobRows, liveGeneration } from "./blob-rows.ts";
import { blobDescriptor } from "./blobs.ts";
import { Raced, repeatWhenRaced } from "./raced.ts";
import type { Pusher, Repositories } from "./repositories.ts";

/** What links work with. */
export interface LinkRooms {
  readonly database: Database;
  readonly repositories: Repositories;
  readonly pointers: BlobPointers;
  readonly rows: BlobRows;
}

/** How many repositories are asked for at a time, and at most, when a mount names none. */
const candidatesAtOnce = 50;
const mostCandidates = 500;

/** Links between repositories and the blobs that they serve. */
export class BlobLinks {
  readonly #rooms: LinkRooms;

  constructor(rooms: LinkRooms) {
    this.#rooms = rooms;
  }

  async mount(
    { repository, actor }: { readonly repository: RepositoryName; readonly actor: Actor },
    digest: Digest,
    source: MountSource,
  ): Promise<Descriptor | undefined> {
    const by = { repository, actor, place: await this.#rooms.repositories.placeOf(repository) };
    return repeatWhenRaced(async () => {
      // What is here already needs no source.
      const from = (await this.#has(repository, digest)) ? repository : await this.#findSource(digest, source);
      if (from === undefined) return undefined;
      const size = await this.#link(by, digest, from);
      if (size === undefined) throw new Raced("the source of a mount");
      return blobDescriptor(digest, size);
    });
  }

  async unlink(repository: RepositoryName, digest: Digest): Promise<void> {
    const repositoryId = await this.#rooms.repositories.idOf(repository);
    await this.#rooms.database.transaction(async (transaction) => {
      // A push that names the blob holds the link until it commits; what it wrote is seen by the next statement.
      const link = await transaction.query({
        name: "blob-link-lock",
        text: "SELECT FROM repository_blob WHERE repository_id = $1::uuid AND digest = $2 FOR UPDATE",
        values: [repositoryId, digest],
      });
      if (link.length === 0) throw blobUnknown(digest);
      const [deleted] = await transaction.query<{ isNamed: boolean }>({
        name: "blob-unlink",
        text: `WITH naming AS (
            SELECT FROM manifest_reference
            WHERE repository_id = $1::uuid AND digest = $2 AND kind <> 'subject' LIMIT 1),
          unlinked AS (
            DELETE FROM repository_blob
            WHERE repository_id = $1::uuid AND digest = $2 AND NOT EXISTS (SELECT FROM naming))
          SELECT EXISTS (SELECT FROM naming) AS "isNamed"`,
        values: [repositoryId, digest],
      });
      if (deleted?.isNamed) throw new RegistryError("UNSUPPORTED", { digest, reason: "a manifest names this blob" });
    });
  }

  async #has(repository: RepositoryName, digest: Digest): Promise<boolean> {
    return (await this.#rooms.pointers.find({ repository, digest, wantsContent: false })) !== undefined;
  }

  async #findSource(digest: Digest, source: MountSource): Promise<RepositoryName | undefined> {
    if (source.kind === "repository") {
      return (await this.#has(source.repository, digest)) ? source.repository : undefined;
    }
    let after: string | undefined;
    for (let asked = 0; asked < mostCandidates; asked += candidatesAtOnce) {
      const candidates = await this.#rooms.database.query<{ id: string; organization: string; path: string }>({
        name: "mount-candidates",
        text: `SELECT repository.id, organization.name AS organization, repository.path
          FROM repository_blob link JOIN repository ON repository.id = link.repository_id
          JOIN organization ON organization.id = repository.organization_id
          WHERE link.digest = $1 AND ($2::uuid IS NULL OR link.repository_id > $2) ORDER BY link.repository_id LIMIT $3`,
        values: [digest, after ?? null, candidatesAtOnce],
      });
      for (const { organization, path } of candidates) {
        const candidate = joinRepositoryName(organization, path);
        if ((await source.mayRead(candidate)) && (await this.#has(candidate, digest))) return candidate;
      }
      after = candidates.at(-1)?.id;
      if (candidates.length < candidatesAtOnce) break;
    }
    return undefined;
  }

  /** Answers the blob's size, or `undefined` when the source has it no more. */
  async #link(by: Pusher, digest: Digest, from: RepositoryName): Promise<number | undefined> {
    const { repositories, rows } = this.#rooms;
    const source = splitRepositoryName(from);
    const [linked] = await repositories.change(by, async (sql, repositoryId) => {
      const found = await sql.query<{ size: number }>({
        name: "blob-mount",
        text: `WITH source AS (
            SELECT link.digest FROM ${organizationNamed("$4::text")} AS organization
            CROSS JOIN LATERAL ${repositoryAt("organization.id", "$5::text")} AS repository
            JOIN repository_blob link ON link.repository_id = repository.id
            WHERE link.digest = $2 FOR SHARE OF link),
          ${liveGeneration},
          linked AS (
            INSERT INTO repository_blob (repository_id, digest) SELECT $3::uuid, digest FROM source, live
            ON CONFLICT DO NOTHING)
          SELECT live.size_bytes AS size FROM source, live`,
        values: [rows.renewAfterSeconds, digest, repositoryId, source.organization, source.path],
      });
      // Thrown, so that a repository that was made for this link is not left behind.
      if (found.length === 0) throw new Raced("the source of a mount");
      return found;
    });
    return linked?.size;
  }
}
