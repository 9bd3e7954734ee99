import { joinRepositoryName } from "@layerport/registry-core";
import { describe, expect } from "vitest";
import { bytes } from "../bytes.ts";
import { blob, index, push, pushBlob } from "../image.ts";
import { type ContractBench, listAll } from "./contract-bench.ts";

/** Listing repositories. */
export function promiseLists(bench: ContractBench): void {
  describe("the list of repositories", () => {
    bench.needs(
      "listRepositories",
      "has every repository that was pushed to, and no other, in byte order",
      async () => {
        const registry = bench.registry();
        const pushed = bench.organizations().map((organization) => bench.repository(organization));
        // A slash sorts after a hyphen, so a list ordered by path within its organization would differ here.
        const stem = pushed[0]!.slice(bench.organizations()[0].length + 1);
        const nested = [`${stem}/b`, `${stem}-b`, `${stem}.b`].map((path) =>
          joinRepositoryName(bench.organizations()[0], path),
        );
        for (const repository of [...pushed, ...nested]) await push(registry, repository, index());
        const unused = bench.repository();
        const listed = await listAll((page) => registry.listRepositories(page), 7);
        expect(listed).toEqual([...new Set(listed)].sort());
        for (const repository of [...pushed, ...nested]) expect(listed).toContain(repository);
        expect(listed).not.toContain(unused);
      },
    );

    bench.needs("listRepositories", "has a repository whose only content is a blob", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, blob(bytes("x")));
      expect(await listAll((page) => registry.listRepositories(page), 50)).toContain(repository);
    });

    bench.needs("listRepositories", "goes on after any name, and has no next page after the last", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, index());
      const names = await listAll((page) => registry.listRepositories(page), 50);
      const at = names.indexOf(repository);
      expect((await registry.listRepositories({ limit: 3, after: repository })).entries).toEqual(
        names.slice(at + 1, at + 4),
      );
      const between = `${repository}-no-such`;
      expect((await registry.listRepositories({ limit: 3, after: between })).entries).toEqual(
        names.filter((name) => name > between).slice(0, 3),
      );
      expect((await registry.listRepositories({ limit: names.length })).next).toBeUndefined();
      expect(await registry.listRepositories({ limit: 0 })).toEqual({ entries: [], next: undefined });
    });
  });
}
