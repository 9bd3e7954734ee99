import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "../client.ts";
import type { Ground } from "../ground.ts";
import { StorageCheck } from "../kill-points/storage-check.ts";
import { attach, type TraceOptions } from "../kill-points/strace.ts";
import type { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { Violation } from "../scenario.ts";
import { type Artifact, artifactOf, type Bytes, newBlob, Person, show } from "./person.ts";

/** Longer than what Postgres keeps, and than what is written at once. */
export const fileBytes = 1_300_000;

/** A way to push a blob that lies in a file, of which one request is the one that is watched. */
export interface Way {
  readonly name: string;
  /** Everything before; answers the request. */
  prepare(person: Person, blob: Bytes): Promise<() => Promise<Answer>>;
}

/** The ways in which a blob comes to a volume. */
export const ways: readonly Way[] = [
  { name: "one request", prepare: async (person, blob) => () => person.pushBlob(blob) },
  {
    name: "a chunk",
    async prepare(person, { content }) {
      const place = await person.startUpload();
      return () => person.send("PATCH", place, { body: content });
    },
  },
  {
    name: "a last chunk",
    async prepare(person, { digest, content }) {
      const place = await person.startUpload();
      const first = content.subarray(0, 200_000);
      const answer = await person.send("PATCH", place, { body: first });
      if (answer.status !== 202) throw new Error(`a first chunk was answered ${show(answer)}`);
      return () => person.send("PUT", `${place}?digest=${digest}`, { body: content.subarray(first.byteLength) });
    },
  },
];

/** An answer to a request during which a system call failed, if it came to that call. */
export interface Failed {
  readonly answer: Answer;
  readonly isInjected: boolean;
  /** The lines of strace. */
  readonly log: readonly string[];
}

/** Somebody who pushes to a registry whose volume has faults, and who looks into the volume afterwards. */
export class VolumeUser {
  readonly violations: Violation[] = [];
  checked = 0;
  readonly #ground: Ground;
  readonly #volume: string;
  readonly #random: Random;
  readonly #storage: StorageCheck;
  readonly #beganAt = new Date();
  readonly #name: string;
  #registry: RunningRegistry | undefined;
  #person: Person | undefined;
  #kept: Artifact | undefined;

  constructor(ground: Ground, volume: string, random: Random) {
    this.#ground = ground;
    this.#volume = volume;
    this.#random = random;
    this.#name = random.name();
    this.#storage = new StorageCheck(volume);
  }

  get person(): Person {
    if (this.#person === undefined) throw new Error("no registry runs");
    return this.#person;
  }

  get output(): string {
    return this.#registry?.output() ?? "";
  }

  /** Starts the registry, or starts it anew. */
  async start(): Promise<void> {
    await this.close();
    // One thread, since strace counts the calls of each.
    const env = { LAYERPORT_STORAGE_DIR: this.#volume, UV_THREADPOOL_SIZE: "1" };
    this.#registry = await this.#ground.startRegistry(env);
    const repository = `${this.#ground.owner}/volume-${this.#name}`;
    this.#person = new Person(this.#registry.port, await this.#ground.authorize(repository), repository);
  }

  async close(): Promise<void> {
    await this.#person?.close();
    await this.#registry?.end();
  }

  newBlob(length = fileBytes): Bytes {
    return newBlob(this.#random, length);
  }

  /** Pushes an image that is to be there whatever happens to the volume. */
  async keepImage(): Promise<void> {
    const artifact = artifactOf(this.newBlob(), `kept ${this.#random.name()}`);
    this.expect("a push", await this.person.pushBlob(artifact.blob), 201);
    this.expect("a push", await this.person.pushManifest(artifact, "kept"), 201);
    this.#kept = artifact;
  }

  /** What must work on a volume that takes nothing: pulls, deletes, and what lies in Postgres. */
  async expectReadsAndDeletes(): Promise<void> {
    const kept = this.#kept;
    if (kept === undefined) throw new Error("no image is kept");
    const manifest = await this.person.send("GET", "manifests/kept");
    this.expect("a pull by tag", manifest, 200, manifest.body.equals(kept.content));
    const blob = await this.person.send("GET", `blobs/${kept.blob.digest}`);
    this.expect("a pull of a blob", blob, 200, blob.body.equals(kept.blob.content));
    const small = artifactOf(this.newBlob(500), `small ${this.#random.name()}`);
    this.expect("a push of a small blob", await this.person.pushBlob(small.blob), 201);
    this.expect("a push of a manifest", await this.person.pushManifest(small, "small"), 201);
    this.expect("the removal of a tag", await this.person.send("DELETE", "manifests/small"), 202);
    this.expect("the removal of a manifest", await this.person.send("DELETE", `manifests/${small.digest}`), 202);
    this.expect("the removal of a blob", await this.person.send("DELETE", `blobs/${small.blob.digest}`), 202);
  }

  /** What the registry says of itself; one look counts for a second. */
  async expectReadiness(when: string, status: 200 | 503): Promise<void> {
    this.checked += 1;
    let last: Answer;
    const endsAt = performance.now() + 3_000;
    do {
      last = await this.person.sendTo("GET", "/readyz");
      if (last.status === status) return;
      await delay(100);
    } while (performance.now() < endsAt);
    this.note("I16", `${when}: readiness was answered ${show(last)}, not ${status}`);
  }

  /** A push that works, whatever happened before. */
  async expectPush(blob: Bytes = this.newBlob()): Promise<void> {
    this.expect("a push", await this.person.pushBlob(blob), 201);
    const answer = await this.person.send("GET", `blobs/${blob.digest}`);
    this.expect("a pull of what was pushed", answer, 200, answer.body.equals(blob.content));
    // So that the volume stays as full as it was.
    this.expect("the removal of a blob", await this.person.send("DELETE", `blobs/${blob.digest}`), 202);
  }

  /** Sends a request while the n-th of these system calls fails. */
  async sendWhile(fail: NonNullable<TraceOptions["fail"]>, send: () => Promise<Answer>): Promise<Failed> {
    const trace = await attach({ pid: this.#registry?.pid ?? 0, follows: true, calls: fail.calls, fail });
    const answer = await send();
    const log = (await trace.detach()).split("\n");
    return { answer, log, isInjected: log.some((line) => line.includes("(INJECTED)")) };
  }

  /** Notes an answer that is another one, with other bytes, or without saying when to try again. */
  expect(what: string, answer: Answer, status: number, isRight = true): void {
    this.checked += 1;
    const mustSayWhen = status === 503 || status === 507;
    if (answer.status === status && isRight && (!mustSayWhen || answer.headers["retry-after"] !== undefined)) return;
    this.note("I16", `${what} was answered ${show(answer)}${isRight ? "" : ", with other bytes"}, not ${status}`);
  }

  /** I7 and I1 of all files, and that nothing is left of what was refused. */
  async judgeVolume(when: string): Promise<void> {
    this.checked += 1;
    for (const complaint of await this.#storage.judge(this.#ground.database, this.#beganAt)) {
      const [, invariant = "I7", text = complaint] = /^(I\d+): (.*)$/s.exec(complaint) ?? [];
      this.note(invariant, `${when}: ${text}`);
    }
  }

  /** The uploads that lie on the volume. */
  staged(): readonly string[] {
    const folder = join(this.#volume, "staged");
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** The files at places of blobs. */
  published(): readonly string[] {
    const folder = join(this.#volume, "blobs");
    const names = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
    return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  note(invariant: string, seen: string): void {
    this.violations.push({ invariant, seen });
  }
}
