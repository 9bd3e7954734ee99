import { batchedLookup, type Database } from "@layerport/database";
import {
  type Digest,
  formatReference,
  type Reference,
  RegistryError,
  type RepositoryName,
  type Tag,
} from "@layerport/registry-core";
import { nameValues, wantedRepository } from "./repositories.ts";

/** What a reference stands for at this moment. */
export interface ManifestPointer {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

interface Asked<Name> {
  readonly repository: RepositoryName;
  readonly name: Name;
}

interface PointerRow {
  readonly position: number;
  readonly digest: Digest | null;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

const columns = `wanted.position::int AS position, manifest.digest, manifest.media_type AS "mediaType",
  manifest.size_bytes AS "sizeBytes"`;

const repositories = `unnest($1::text[], $2::text[], $3::text[])
    WITH ORDINALITY AS wanted (organization, path, name, position)
  ${wantedRepository}`;

const manifestOf = (digest: string) => `LEFT JOIN LATERAL (
    SELECT digest, media_type, size_bytes FROM manifest
    WHERE repository_id = repository.id AND digest = ${digest} LIMIT 1) AS manifest ON true`;

/** Finds manifests by repository and tag or digest. Read anew for every request, so that every node serves an
 * acknowledged push at once. */
export class ManifestPointers {
  readonly #byTag: (asked: Asked<Tag>) => Promise<ManifestPointer | "absent" | undefined>;
  readonly #byDigest: (asked: Asked<Digest>) => Promise<ManifestPointer | "absent" | undefined>;

  constructor(database: Database) {
    this.#byTag = batchedLookup<Asked<Tag>, PointerRow, ManifestPointer | "absent">(database, {
      name: "manifest-by-tag",
      text: `SELECT ${columns} FROM ${repositories}
        LEFT JOIN LATERAL (
          SELECT digest FROM tag WHERE repository_id = repository.id AND name = wanted.name LIMIT 1) AS tag ON true
        ${manifestOf("tag.digest")}`,
      toValues,
      toAnswer,
    });
    this.#byDigest = batchedLookup<Asked<Digest>, PointerRow, ManifestPointer | "absent">(database, {
      name: "manifest-by-digest",
      text: `SELECT ${columns} FROM ${repositories}
        ${manifestOf("wanted.name")}`,
      toValues,
      toAnswer,
    });
  }

  /** @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  async get(repository: RepositoryName, reference: Reference): Promise<ManifestPointer> {
    const pointer =
      reference.kind === "tag"
        ? await this.#byTag({ repository, name: reference.tag })
        : await this.#byDigest({ repository, name: reference.digest });
    if (pointer === undefined) throw new RegistryError("NAME_UNKNOWN", { name: repository });
    if (pointer === "absent") throw manifestUnknown(formatReference(reference));
    return pointer;
  }
}

/** The refusal of a tag or digest that the repository does not have. */
export function manifestUnknown(reference: string): RegistryError {
  return new RegistryError("MANIFEST_UNKNOWN", { reference });
}

function toValues(asked: readonly Asked<string>[]): readonly unknown[] {
  return [...nameValues(asked.map(({ repository }) => repository)), asked.map(({ name }) => name)];
}

function toAnswer({ digest, mediaType, sizeBytes }: PointerRow): ManifestPointer | "absent" {
  return digest === null ? "absent" : { digest, mediaType, sizeBytes };
}
