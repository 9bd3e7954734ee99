import { randomUUID } from "node:crypto";
import type { Database } from "@layerport/database";
import {
  type Actor,
  type DigestAlgorithm,
  RegistryError,
  type RepositoryName,
  splitRepositoryName,
  type UploadId,
} from "@layerport/registry-core";
import type { Repositories } from "./repositories.ts";

/** Which upload of whom. */
export interface UploadAddress {
  readonly repository: RepositoryName;
  readonly id: UploadId;
  readonly actor: Actor;
}

/** An upload session as it was read. A change of it is refused when it has changed since. */
export interface UploadSession {
  readonly id: UploadId;
  readonly repositoryId: string;
  readonly principal: string;
  readonly algorithm: DigestAlgorithm;
  /** How many bytes are durable. */
  readonly length: number;
  /** The bytes themselves while they are few; else they are staged. */
  readonly content: Buffer | null;
  readonly stagedId: string | null;
  /** Who stages bytes now, or vanished while doing so. */
  readonly writer: string | null;
}

const columns = `session.id, session.repository_id AS "repositoryId", session.principal, session.algorithm,
  session.durable_length AS length, session.content, session.staged_id AS "stagedId", session.writer`;

/** The rows of uploads. A session belongs to one repository and one principal, and is unknown to all others (T12). */
export class UploadSessions {
  readonly #database: Database;
  readonly #repositories: Repositories;

  constructor(database: Database, repositories: Repositories) {
    this.#database = database;
    this.#repositories = repositories;
  }

  /** @throws NAME_UNKNOWN */
  async start(repository: RepositoryName, actor: Actor, algorithm: DigestAlgorithm): Promise<UploadSession> {
    const { organization, path } = splitRepositoryName(repository);
    // Where the repository is there, and that is nearly always, one statement finds it and writes.
    const [begun] = await this.#database.query<UploadSession>({
      name: "upload-start-there",
      text: `INSERT INTO upload_session AS session (id, repository_id, principal, algorithm, content)
        SELECT $1::uuid, repository.id, $2, $3, '' FROM repository
        WHERE organization_id = (SELECT id FROM organization WHERE name = $4) AND path = $5 RETURNING ${columns}`,
      values: [randomUUID(), principalOf(actor), algorithm, organization, path],
    });
    return begun ?? this.#startInNew(repository, actor, algorithm);
  }

  async #startInNew(repository: RepositoryName, actor: Actor, algorithm: DigestAlgorithm): Promise<UploadSession> {
    const by = { repository, actor, place: await this.#repositories.placeOf(repository) };
    return this.#repositories.change(by, async (sql, repositoryId) => {
      const [started] = await sql.query<UploadSession>({
        name: "upload-start",
        text: `INSERT INTO upload_session AS session (id, repository_id, principal, algorithm, content)
          VALUES ($1::uuid, $2::uuid, $3, $4, '') RETURNING ${columns}`,
        values: [randomUUID(), repositoryId, principalOf(actor), algorithm],
      });
      if (started === undefined) throw new Error("an upload was not started");
      return started;
    });
  }

  /** @throws BLOB_UPLOAD_UNKNOWN */
  async get({ repository, id, actor }: UploadAddress): Promise<UploadSession> {
    const { organization, path } = splitRepositoryName(repository);
    const [session] = await this.#database.lookUp<UploadSession>({
      name: "upload-get",
      text: `SELECT ${columns}
        FROM upload_session session
        JOIN repository ON repository.id = session.repository_id
        JOIN organization ON organization.id = repository.organization_id
        WHERE session.id = $1::uuid AND session.principal = $2 AND organization.name = $3 AND repository.path = $4`,
      values: [id, principalOf(actor), organization, path],
    });
    if (session === undefined) throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
    return session;
  }

  /** Adds bytes to those in the row; answers whether the session was still as it was read. */
  async appendInline(session: UploadSession, bytes: Uint8Array): Promise<boolean> {
    const appended = await this.#database.query({
      name: "upload-append-inline",
      text: `UPDATE upload_session SET content = content || $3, durable_length = durable_length + octet_length($3),
          last_active_at = now()
        WHERE id = $1::uuid AND durable_length = $2::bigint AND content IS NOT NULL AND writer IS NULL
        RETURNING id`,
      values: [session.id, session.length, bytes],
    });
    return appended.length > 0;
  }

  /** Takes the writer's place. Asked for under the session's lease. @throws BLOB_UPLOAD_UNKNOWN, BLOB_UPLOAD_INVALID (416) */
  async claim(session: UploadSession): Promise<string> {
    const writer = randomUUID();
    const claimed = await this.#database.query({
      name: "upload-claim",
      text: `UPDATE upload_session SET writer = $4::uuid, last_active_at = now()
        WHERE id = $1::uuid AND durable_length = $2::bigint AND writer IS NOT DISTINCT FROM $3::uuid RETURNING id`,
      values: [session.id, session.length, session.writer, writer],
    });
    if (claimed.length === 0) await this.refuseChanged(session);
    return writer;
  }

  /** Commits what a writer has staged and made durable, and gives up its place; answers whether it still held it. */
  async commitStaged(session: UploadSession, writer: string, staged: StagedLength): Promise<boolean> {
    const committed = await this.#database.query({
      name: "upload-commit-staged",
      text: `UPDATE upload_session SET durable_length = $3::bigint, staged_id = $4::uuid, content = NULL, writer = NULL,
          last_active_at = now()
        WHERE id = $1::uuid AND writer = $2::uuid RETURNING id`,
      values: [session.id, writer, staged.length, staged.id],
    });
    return committed.length > 0;
  }

  /** Gives up a writer's place and leaves the session as it was. */
  async release(session: UploadSession, writer: string): Promise<void> {
    await this.#database.query({
      name: "upload-release",
      text: "UPDATE upload_session SET writer = NULL WHERE id = $1::uuid AND writer = $2::uuid",
      values: [session.id, writer],
    });
  }

  /** Removes the session unless it has changed; answers whether it did. */
  async end(session: UploadSession, writer: string | null = session.writer): Promise<boolean> {
    const ended = await this.#database.query({
      name: "upload-end",
      text: `DELETE FROM upload_session
        WHERE id = $1::uuid AND durable_length = $2::bigint AND writer IS NOT DISTINCT FROM $3::uuid RETURNING id`,
      values: [session.id, session.length, writer],
    });
    return ended.length > 0;
  }

  /** Removes the session whatever state it is in. @throws BLOB_UPLOAD_UNKNOWN when it is gone already */
  async cancel(session: UploadSession): Promise<{ readonly stagedId: string | null }> {
    const [cancelled] = await this.#database.query<{ stagedId: string | null }>({
      name: "upload-cancel",
      text: `DELETE FROM upload_session WHERE id = $1::uuid RETURNING staged_id AS "stagedId"`,
      values: [session.id],
    });
    if (cancelled === undefined) throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
    return cancelled;
  }

  /** Whether the session is still there. */
  async exists(session: UploadSession): Promise<boolean> {
    const found = await this.#database.query({
      name: "upload-exists",
      text: "SELECT FROM upload_session WHERE id = $1::uuid",
      values: [session.id],
    });
    return found.length > 0;
  }

  /** Says why a change of the session took no effect: it is gone, or somebody else wrote first. */
  async refuseChanged(session: UploadSession): Promise<never> {
    throw (await this.exists(session)) ? chunkOutOfOrder(session) : new RegistryError("BLOB_UPLOAD_UNKNOWN");
  }
}

/** Bytes that are staged and durable. */
export interface StagedLength {
  readonly id: string;
  readonly length: number;
}

/** The refusal of a chunk that does not go where the last one ended (416). */
export function chunkOutOfOrder(session: UploadSession): RegistryError {
  return new RegistryError("BLOB_UPLOAD_INVALID", { length: session.length }, { status: 416 });
}

/** Whom a session belongs to. */
export function principalOf(actor: Actor): string {
  return `${actor.kind}:${actor.id ?? actor.name}`;
}
