import { createHash } from "node:crypto";
import type { Database } from "@layerport/database";
import { type Answer, type Client, type Request, Unanswered } from "../client.ts";
import { after, type Effect, type Expected, type Facts } from "./facts.ts";

/** One request of an operation, and what its answer promises. */
export interface Step {
  /** `upload` is where the upload is that the attempt has started. */
  readonly request: (upload: string) => Request;
  /** The status of its answer. */
  readonly status: number;
  /** What it may be answered as well when it has happened before. */
  readonly statusAgain?: number;
  readonly effect: Effect;
}

/** A manifest as it is pushed. */
export interface ManifestBytes {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** Everything of which a client may see something while an operation is tried. */
export interface Subject {
  readonly repository: string;
  readonly blobs: readonly Buffer[];
  readonly manifests: readonly ManifestBytes[];
  readonly tags: readonly string[];
}

/** An operation that is about to be tried. */
export interface AttemptParts {
  readonly subject: Subject;
  /** What has been acknowledged so far. */
  readonly start: Facts;
  readonly steps: readonly Step[];
  /** How it is tried again from its beginning; as the first time unless given. */
  readonly stepsAgain?: readonly Step[];
  /** The upload that goes on, or that the first step starts, and what is to become of it; absent where it is not to. */
  readonly upload?: { readonly location: string; readonly content: Buffer | undefined };
}

/** The digest by which a client names bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** An answer that a client does not expect. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** One try of an operation by one client, which remembers what it was answered. */
export class Attempt {
  readonly #parts: AttemptParts;
  #location: string;
  #acknowledged: Facts;
  #unknown: Expected["unknown"];

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#location = parts.upload?.location ?? "";
    this.#acknowledged = parts.start;
  }

  get repository(): string {
    return this.#parts.subject.repository;
  }

  /** The digests of the blobs of which a client may see something. */
  get blobs(): readonly string[] {
    return this.#parts.subject.blobs.map(digestOf);
  }

  /** What the client may rely on now. */
  get expected(): Expected {
    return { acknowledged: this.#acknowledged, unknown: this.#unknown };
  }

  /** What holds once the operation has succeeded. */
  get wanted(): Facts {
    return this.#parts.steps.reduce((facts, { effect }) => after(facts, effect), this.#parts.start);
  }

  /** Does what is to be done, step by step, until it is done or a request is not answered. @throws Refused */
  async run(client: Client): Promise<"done" | "unanswered"> {
    for (const step of this.#parts.steps) {
      const request = step.request(this.#location);
      this.#unknown = { effect: this.#visible(step.effect), sentBytes: lengthOf(request.body) };
      try {
        this.#note(await ask(client, request, [step.status]));
      } catch (error) {
        if (error instanceof Unanswered) return "unanswered";
        throw error;
      }
      this.#acknowledged = after(this.#acknowledged, step.effect);
      this.#unknown = undefined;
    }
    return "done";
  }

  /** Goes on with an upload that was cut off, as it says itself; answers whether there was one to go on with. */
  async resume(client: Client): Promise<boolean> {
    const { content } = this.#parts.upload ?? {};
    if (content === undefined || this.#location === "") return false;
    const status = await client.send({ method: "GET", path: this.#location });
    if (status.status === 404) return false;
    if (status.status !== 204) throw new Refused(`the upload was answered ${status.status}`);
    const rest = content.subarray(lengthIn(status));
    if (rest.byteLength > 0) {
      const body = { method: "PATCH", path: this.#location, body: rest } as const;
      const headers = { "content-range": `${content.byteLength - rest.byteLength}-${content.byteLength - 1}` };
      await ask(client, { ...body, headers }, [202]);
    }
    await ask(client, { method: "PUT", path: completing(this.#location, content) }, [201]);
    return true;
  }

  /** Does everything once more, from the beginning, as a client does that does not know what became of it. */
  async repeat(client: Client): Promise<void> {
    const { steps, stepsAgain = steps } = this.#parts;
    // Whoever takes another way leaves the upload behind.
    if (stepsAgain !== steps) this.#location = "";
    for (const { request, status, statusAgain = status } of stepsAgain) {
      this.#note(await ask(client, request(this.#location), [status, statusAgain]));
    }
  }

  /** Looks at everything as any client may, and reads all bytes. */
  async observe(client: Client, database: Database): Promise<Facts> {
    const { repository, blobs, manifests, tags } = this.#parts.subject;
    const seen: Record<string, string> = {};
    const note = (name: string, fact: string | undefined) => {
      if (fact !== undefined) seen[name] = fact;
    };
    const get = (path: string) => client.send({ method: "GET", path: `/v2/${repository}/${path}` });
    for (const blob of blobs) {
      note(`blob ${digestOf(blob)}`, wholeness(await get(`blobs/${digestOf(blob)}`), blob));
    }
    for (const { bytes } of manifests) {
      note(`manifest ${digestOf(bytes)}`, wholeness(await get(`manifests/${digestOf(bytes)}`), bytes));
    }
    const listed = tags.length === 0 ? [] : listedTags(await get("tags/list"));
    for (const tag of tags) {
      note(`tag ${tag}`, tagFact(await get(`manifests/${tag}`), listed.includes(tag)));
    }
    return { seen, uploaded: await this.#uploaded(client), audit: await readAudit(database, repository) };
  }

  /** An upload whose place a client was not told is there for nobody. */
  #visible({ uploaded, ...effect }: Effect): Effect {
    return uploaded === undefined || this.#location === "" ? effect : { ...effect, uploaded };
  }

  #note({ headers: { location } }: Answer): void {
    if (location?.includes("/blobs/uploads/")) this.#location = location;
  }

  async #uploaded(client: Client): Promise<number | undefined> {
    if (this.#location === "") return undefined;
    const answer = await client.send({ method: "GET", path: this.#location });
    return answer.status === 404 ? undefined : lengthIn(answer);
  }
}

/** The target that makes an upload the blob of these bytes. */
export function completing(location: string, content: Buffer): string {
  return `${location}?digest=${digestOf(content)}`;
}

/** @throws Unanswered, Refused */
export async function ask(client: Client, request: Request, statuses: readonly number[]): Promise<Answer> {
  const answer = await client.send(request);
  if (statuses.includes(answer.status)) return answer;
  const { method, path } = request;
  throw new Refused(
    `${method} ${path} was answered ${answer.status} ${answer.body.toString()}, not ${statuses.join(" or ")}`,
  );
}

function lengthOf(body: Request["body"]): number {
  if (Buffer.isBuffer(body)) return body.byteLength;
  return Array.isArray(body) ? body.reduce((sum, part) => sum + part.byteLength, 0) : 0;
}

/** Before the first byte the range reads `0-0` as well; nobody here uploads one byte. */
function lengthIn({ status, headers }: Answer): number {
  const end = Number(/^0-(\d+)$/.exec(headers.range ?? "")?.[1] ?? Number.NaN);
  if (status !== 204 || Number.isNaN(end)) throw new Refused(`an upload was answered ${status}, ${headers.range}`);
  return end === 0 ? 0 : end + 1;
}

function wholeness({ status, body }: Answer, bytes: Buffer): string | undefined {
  if (status === 404) return undefined;
  if (status !== 200) return `answered ${status}`;
  return body.equals(bytes) ? "whole" : `${body.byteLength} other bytes`;
}

function tagFact({ status, headers, body }: Answer, isListed: boolean): string | undefined {
  if (status === 404) return isListed ? "listed, yet unknown" : undefined;
  if (status !== 200) return `answered ${status}`;
  if (!isListed) return "there, yet not listed";
  const digest = digestOf(body);
  return headers["docker-content-digest"] === digest ? digest : "other bytes than its digest says";
}

function listedTags({ status, body }: Answer): readonly string[] {
  if (status !== 200) return [];
  const { tags }: { tags: readonly string[] } = JSON.parse(body.toString());
  return tags;
}

async function readAudit(database: Database, repository: string): Promise<readonly string[]> {
  const records = await database.query<{ action: string; target: string }>({
    text: "SELECT action, target FROM audit_record WHERE repository = $1 ORDER BY sequence",
    values: [repository],
  });
  return records.map(({ action, target }) => `${action} ${target}`);
}
