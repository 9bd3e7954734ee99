import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../client.ts";
import type { Random } from "../random.ts";
import { type AttemptParts, ask, digestOf, type Step } from "./attempt.ts";
import { after, type Facts, nothing } from "./facts.ts";

/** A way to change what a registry holds, to be tried again and again, each time with something new. */
export interface Operation {
  readonly name: string;
  /** Prepares one try: everything up to the first of its steps is acknowledged. */
  stage(stage: Stage): Promise<AttemptParts>;
  /** Whether the registry is killed while a try is prepared, so that another one has to be led through the steps. */
  readonly crashes?: boolean;
}

/** Repositories that do not exist yet. */
export interface StageNames {
  /** In which something is to happen. */
  readonly repository: string;
  /** From which something may come. */
  readonly source: string;
}

/** What a try is prepared with. */
export interface StageOptions {
  readonly client: Client;
  readonly random: Random;
  readonly names: StageNames;
  readonly storage: string;
  readonly crash: () => Promise<Client>;
}

/** Where a try is prepared. */
export class Stage {
  readonly random: Random;
  readonly repository: string;
  readonly source: string;
  readonly #storage: string;
  readonly #crash: () => Promise<Client>;
  #client: Client;

  constructor({ client, random, names, storage, crash }: StageOptions) {
    this.#client = client;
    this.random = random;
    this.repository = names.repository;
    this.source = names.source;
    this.#storage = storage;
    this.#crash = crash;
  }

  get client(): Client {
    return this.#client;
  }

  /**
   * New bytes. As long as there are such, their file will need a folder that is not there, so that the same number of
   * folders is made in every try.
   */
  bytes(length: number): Buffer {
    for (let tried = 0; ; tried += 1) {
      const bytes = this.random.bytes(length);
      const [algorithm = "", hex = ""] = digestOf(bytes).split(":");
      if (tried > 200 || !existsSync(join(this.#storage, "blobs", algorithm, hex.slice(0, 2)))) return bytes;
    }
  }

  /** Makes the repository exist by pushing a small blob, and answers what is known of it. */
  async existing(): Promise<Facts> {
    await this.push(this.repository, this.bytes(100));
    return created(this.repository);
  }

  /** Pushes a blob, acknowledged. */
  async push(repository: string, content: Buffer): Promise<void> {
    await ask(this.#client, posting(repository, content), [201]);
  }

  /** Does a step, acknowledged; answers where its answer points. */
  async take(step: Step, upload = ""): Promise<string> {
    const { headers } = await ask(this.#client, step.request(upload), [step.status]);
    return headers.location ?? "";
  }

  /** Kills the registry and starts it again. */
  async crash(): Promise<void> {
    this.#client = await this.#crash();
  }
}

/** What is known of a repository that was just made. */
export function created(repository: string): Facts {
  return after(nothing, { audit: [`repository.created ${repository}`] });
}

/** The request that pushes a blob in one step. */
export function posting(repository: string, content: Buffer) {
  const path = `/v2/${repository}/blobs/uploads/?digest=${digestOf(content)}`;
  return { method: "POST", path, body: content } as const;
}
