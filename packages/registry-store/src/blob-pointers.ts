import { batchedLookup, type Database } from "@layerport/database";
import { type Digest, RegistryError, type RepositoryName } from "@layerport/registry-core";
import { nameValues, wantedRepository } from "./repositories.ts";

/** Where the bytes of a repository's blob are. */
export interface BlobPointer {
  readonly generation: string;
  readonly sizeBytes: number;
  /** Whether the bytes are in Postgres. */
  readonly isInline: boolean;
  /** The bytes, where they are in Postgres and were asked for. */
  readonly content: Buffer | undefined;
  /** Whether the promise that the blob stays is to be renewed before it is given. */
  readonly isPromiseOld: boolean;
}

interface BlobQuestion {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly wantsContent: boolean;
}

interface PointerRow {
  readonly position: number;
  readonly generation: string | null;
  readonly sizeBytes: number | null;
  readonly isInline: boolean;
  readonly content: Buffer | null;
  readonly isPromiseOld: boolean;
}

/** Finds blobs by repository and digest: linked there, and live. Read anew for every request. */
export class BlobPointers {
  readonly #lookUp: (question: BlobQuestion) => Promise<BlobPointer | "unlinked" | undefined>;

  constructor(database: Database, renewAfterSeconds: number) {
    this.#lookUp = batchedLookup<BlobQuestion, PointerRow, BlobPointer | "unlinked">(database, {
      name: "blob-pointer",
      text: `SELECT wanted.position::int AS position, blob.generation, blob.size_bytes AS "sizeBytes",
          blob.content IS NOT NULL AS "isInline", CASE WHEN wanted.wants_content THEN blob.content END AS content,
          coalesce(blob.last_promised_at < now() - make_interval(secs => $5::float8), false) AS "isPromiseOld"
        FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[])
          WITH ORDINALITY AS wanted (organization, path, digest, wants_content, position)
        ${wantedRepository}
        LEFT JOIN LATERAL (
          SELECT digest FROM repository_blob
          WHERE repository_id = repository.id AND digest = wanted.digest LIMIT 1) AS link ON true
        LEFT JOIN LATERAL (
          SELECT generation, size_bytes, content, last_promised_at FROM blob
          WHERE digest = link.digest AND state = 'live' LIMIT 1) AS blob ON true`,
      toValues: (questions) => [
        ...nameValues(questions.map(({ repository }) => repository)),
        questions.map(({ digest }) => digest),
        questions.map(({ wantsContent }) => wantsContent),
        renewAfterSeconds,
      ],
      toAnswer: ({ generation, sizeBytes, isInline, content, isPromiseOld }) =>
        generation === null || sizeBytes === null
          ? "unlinked"
          : { generation, sizeBytes, isInline, content: content ?? undefined, isPromiseOld },
    });
  }

  /** `undefined` for a repository that there is not, and for a blob that it has not. */
  async find(question: BlobQuestion): Promise<BlobPointer | undefined> {
    const pointer = await this.#lookUp(question);
    return pointer === "unlinked" ? undefined : pointer;
  }

  /** @throws NAME_UNKNOWN, BLOB_UNKNOWN */
  async get(question: BlobQuestion): Promise<BlobPointer> {
    const pointer = await this.#lookUp(question);
    if (pointer === undefined) throw new RegistryError("NAME_UNKNOWN", { name: question.repository });
    if (pointer === "unlinked") throw blobUnknown(question.digest);
    return pointer;
  }
}

/** The refusal of a blob that the repository does not have. */
export function blobUnknown(digest: Digest): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", { digest });
}
