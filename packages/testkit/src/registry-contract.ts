import { randomUUID } from "node:crypto";
import type { Actor, Registry } from "@layerport/registry-core";
import { joinRepositoryName } from "@layerport/registry-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { promiseBlobs } from "./contract/blobs.ts";
import type { ContractBench } from "./contract/contract-bench.ts";
import { promiseDeletes } from "./contract/deletes.ts";
import { promiseLists } from "./contract/lists.ts";
import { promiseManifestReferences } from "./contract/manifest-references.ts";
import { promiseManifests } from "./contract/manifests.ts";
import { promiseMounts } from "./contract/mounts.ts";
import { promiseReferrers } from "./contract/referrers.ts";
import { promiseTags } from "./contract/tags.ts";
import { promiseUploads } from "./contract/uploads.ts";

/** A registry to try. One is made for all cases, so each case works in a repository of its own. */
export interface RegistryFixture {
  /** The registry as an actor uses it who may do everything; `systemActor` unless told otherwise. */
  registry(actor?: Actor): Registry;
  /** Organizations that exist and whose repositories the cases may create. More than one, for the order of lists. */
  readonly organizations: readonly [string, string, ...string[]];
  close(): Promise<void>;
}

/** What an implementation may be unable to do, for a reason that it gives. */
export type RegistryFeature =
  /** Tell one actor's uploads from another's. */
  | "actors"
  /** Be told by the caller of a push that no tag may move. */
  | "mayOverwrite"
  /** Ask the caller of a mount which repositories may be read. */
  | "mayRead"
  /** Say which code a look-up without a body was refused with. */
  | "codesWithoutBody"
  /** Go on at once with an upload whose last sender broke off. */
  | "brokenSenders"
  /** Tell an organization that does not exist from one in which the caller may do nothing. */
  | "unknownOrganization"
  /** List every repository there is. */
  | "listRepositories";

/**
 * Runs every promise of `Registry` over one implementation.
 * @param without the features that it lacks, each with the reason that the report shows for the cases left out.
 */
export function registryContract(
  name: string,
  make: () => Promise<RegistryFixture>,
  without: Partial<Readonly<Record<RegistryFeature, string>>> = {},
): void {
  describe(`${name} keeps the promises of a registry`, () => {
    let fixture: RegistryFixture | undefined;

    beforeAll(async () => {
      fixture = await make();
    });

    afterAll(() => fixture?.close());

    const made = () => {
      if (fixture === undefined) throw new Error("the registry is made before the first case runs");
      return fixture;
    };
    const bench: ContractBench = {
      registry: (actor) => made().registry(actor),
      organizations: () => made().organizations,
      repository: (organization) =>
        joinRepositoryName(organization ?? made().organizations[0], `case-${randomUUID().slice(0, 13)}`),
      needs(feature, title, run) {
        const reason = without[feature];
        const shown = reason === undefined ? title : `${title} [left out: ${reason}]`;
        // oxlint-disable-next-line vitest/expect-expect -- the assertions are in the case that is handed over
        it(`${shown}`, { skip: reason !== undefined }, run);
      },
    };
    promiseBlobs(bench);
    promiseUploads(bench);
    promiseMounts(bench);
    promiseManifests(bench);
    promiseManifestReferences(bench);
    promiseTags(bench);
    promiseReferrers(bench);
    promiseDeletes(bench);
    promiseLists(bench);
  });
}
