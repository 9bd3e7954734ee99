import { parseRepositoryName, RegistryError } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { index, push } from "./image.ts";
import { memoryRegistry } from "./memory-registry.ts";
import { registryContract } from "./registry-contract.ts";

registryContract("memoryRegistry", async () => {
  const memory = memoryRegistry({ organizations: ["acme", "acme-labs", "library"] });
  return {
    registry: (actor) => memory.registryFor(actor),
    organizations: ["acme", "acme-labs", "library"],
    close: async () => {},
  };
});

describe("a registry in memory", () => {
  const repository = parseRepositoryName("acme/api");

  it("shows every actor the same content", async () => {
    const memory = memoryRegistry({ organizations: ["acme"] });
    await push(memory.registryFor({ kind: "user", id: "1", name: "alice" }), repository, index(), ["v1"]);
    const { entries } = await memory.registryFor().listTags(repository, { limit: 10 });
    expect(entries).toEqual(["v1"]);
  });

  it("keeps the visibility of a repository, private until it is set", async () => {
    const memory = memoryRegistry({ organizations: ["acme"] });
    expect(memory.visibilityOf(repository)).toBeUndefined();
    await push(memory.registryFor(), repository, index());
    expect(memory.visibilityOf(repository)).toBe("private");
    memory.setVisibility(repository, "public");
    expect(memory.visibilityOf(repository)).toBe("public");
  });

  it("has no repository outside its organizations", () => {
    const memory = memoryRegistry({ organizations: ["acme"] });
    const setting = () => memory.setVisibility(parseRepositoryName("other/api"), "public");
    expect(setting).toThrow(RegistryError);
    expect(memory.visibilityOf(parseRepositoryName("other/api"))).toBeUndefined();
  });
});
