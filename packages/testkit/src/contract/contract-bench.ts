import {
  type Actor,
  type Digest,
  type ManifestPush,
  type OpenBlob,
  type Page,
  type PageRequest,
  parseTag,
  type Reference,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  type RepositoryName,
} from "@layerport/registry-core";
import { expect } from "vitest";
import { collect } from "../bytes.ts";
import type { ManifestFixture } from "../image.ts";
import type { RegistryFeature } from "../registry-contract.ts";

/** What the cases of the contract are given. */
export interface ContractBench {
  registry(actor?: Actor): Registry;
  organizations(): readonly [string, string, ...string[]];
  /** A repository that nobody has pushed to, of the first organization unless told otherwise. */
  repository(organization?: string): RepositoryName;
  /** A case that an implementation without this feature leaves out. */
  needs(feature: RegistryFeature, title: string, run: () => Promise<void>): void;
}

/** The refusal that the promise ends in; fails when it is not one, or not with this code and status. */
export async function expectRefusal(
  promise: Promise<unknown>,
  code: RegistryErrorCode,
  status?: number,
): Promise<RegistryError> {
  const [settled] = await Promise.allSettled([promise]);
  const error: unknown = settled.status === "rejected" ? settled.reason : "nothing was refused";
  if (!RegistryError.is(error)) throw new Error(`expected ${code}`, { cause: error });
  expect(error.code).toBe(code);
  if (status !== undefined) expect(error.status).toBe(status);
  return error;
}

/** Waits for all and splits them into what was answered and the codes that were refused with. */
export async function race<Answer>(
  attempts: readonly Promise<Answer>[],
): Promise<{ readonly answers: readonly Answer[]; readonly codes: readonly RegistryErrorCode[] }> {
  const answers: Answer[] = [];
  const codes: RegistryErrorCode[] = [];
  for (const attempt of await Promise.allSettled(attempts)) {
    if (attempt.status === "fulfilled") answers.push(attempt.value);
    else if (RegistryError.is(attempt.reason)) codes.push(attempt.reason.code);
    else throw new Error("an attempt ended in something other than a refusal", { cause: attempt.reason });
  }
  return { answers, codes };
}

/** Whether there was an answer rather than a refusal with this code. */
export async function isAnswered(attempt: Promise<unknown>, code: RegistryErrorCode): Promise<boolean> {
  const { answers, codes } = await race([attempt]);
  if (codes.length > 0) expect(codes).toEqual([code]);
  return answers.length === 1;
}

/** The fixture as it is pushed, its blobs not included. */
export function pushOf(fixture: ManifestFixture, change: Partial<ManifestPush> = {}): ManifestPush {
  return { content: fixture.content, contentType: fixture.mediaType, tags: [], mayOverwrite: true, ...change };
}

/** All bytes that an opened blob gives; closes it. */
export async function contentOf(opening: OpenBlob | Promise<OpenBlob>): Promise<Uint8Array> {
  const opened = await opening;
  try {
    return await collect(opened.chunks());
  } finally {
    await opened.close();
  }
}

/** An opened blob gives exactly this content. */
export async function expectContent(opening: OpenBlob | Promise<OpenBlob>, content: Uint8Array): Promise<void> {
  expectBytes(await contentOf(opening), content);
}

/** The bytes are the same. Quicker over mebibytes than a comparison that could show where they differ. */
export function expectBytes(received: Uint8Array, content: Uint8Array): void {
  expect(received.length).toBe(content.length);
  expect(Buffer.compare(received, content)).toBe(0);
}

/** Every entry of a list, read in pages of this size. */
export async function listAll<Entry, Cursor extends string>(
  list: (page: PageRequest<Cursor>) => Promise<Page<Entry, Cursor>>,
  limit: number,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let after: Cursor | undefined;
  do {
    const page = await list({ limit, after });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    // A list that turns back would be read for ever.
    if (page.next !== undefined && page.next <= (after ?? ""))
      throw new Error(`${page.next} does not come after ${after}`);
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return entries;
}

export const byTag = (text: string): Reference => ({ kind: "tag", tag: parseTag(text) });

export const byDigest = (digest: Digest): Reference => ({ kind: "digest", digest });
