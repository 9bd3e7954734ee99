import { createHash } from "node:crypto";
import { type Answer, Client, type Request } from "../client.ts";
import type { Random } from "../random.ts";

/** Some bytes and their name. */
export interface Bytes {
  readonly digest: string;
  readonly content: Buffer;
}

/** A manifest, and the blob that it names. */
export interface Artifact extends Bytes {
  readonly blob: Bytes;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** The bytes under their name. */
export function named(content: Buffer): Bytes {
  return { content, digest: `sha256:${createHash("sha256").update(content).digest("hex")}` };
}

/** Bytes that no other push has. */
export function newBlob(random: Random, length: number): Bytes {
  return named(random.bytes(length));
}

/** A manifest that no other push has, of one blob that may be anything. */
export function artifactOf(blob: Bytes, note: string, subject?: Bytes): Artifact {
  const describe = ({ digest, content }: Bytes, mediaType: string) => ({ mediaType, digest, size: content.byteLength });
  const content = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: "application/vnd.example.fault",
      config: describe(blob, "application/octet-stream"),
      layers: [],
      ...(subject === undefined ? {} : { subject: describe(subject, manifestType) }),
      annotations: { note },
    }),
  );
  return { ...named(content), blob };
}

/** Somebody who uses one repository, over one connection. */
export class Person {
  readonly repository: string;
  readonly #client: Client;

  constructor(port: number, authorization: string, repository: string) {
    this.repository = repository;
    this.#client = new Client(port, authorization);
  }

  /** @throws Unanswered */
  send(method: Request["method"], place: string, more: Partial<Request> = {}): Promise<Answer> {
    return this.#client.send({ method, path: `/v2/${this.repository}/${place}`, ...more });
  }

  /** @throws Unanswered */
  sendTo(method: Request["method"], path: string, headers: Request["headers"] = {}): Promise<Answer> {
    return this.#client.send({ method, path, headers });
  }

  /** In one request. @throws Unanswered */
  pushBlob({ digest, content }: Bytes): Promise<Answer> {
    return this.send("POST", `blobs/uploads/?digest=${digest}`, {
      body: content,
      headers: { "content-type": "application/octet-stream" },
    });
  }

  /** @throws Unanswered */
  pushManifest({ content }: Bytes, reference: string): Promise<Answer> {
    return this.send("PUT", `manifests/${reference}`, { body: content, headers: { "content-type": manifestType } });
  }

  /** Starts an upload and answers its place. @throws Unanswered */
  async startUpload(): Promise<string> {
    const answer = await this.send("POST", "blobs/uploads/");
    if (answer.status !== 202) throw new Error(`an upload was not started: ${answer.status}`);
    return this.placeOf(answer);
  }

  /** The place that an answer's Location names, as `send` takes it. */
  placeOf({ headers }: Answer): string {
    const path = new URL(headers.location ?? "", "http://localhost").pathname;
    return path.slice(`/v2/${this.repository}/`.length);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** An answer, as a violation tells of it. */
export function show({ status, headers, body }: Answer): string {
  const retry = headers["retry-after"] === undefined ? "" : ", Retry-After";
  return `${status}${retry} ${body.toString("utf8").slice(0, 200)}`;
}

/** Whether the answer says that the registry is not able at the moment, as it must: 503 with Retry-After. */
export function saysUnavailable({ status, headers }: Answer): boolean {
  return status === 503 && headers["retry-after"] !== undefined;
}
