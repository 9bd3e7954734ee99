import type { Database } from "@layerport/database";
import type { Catalog, ReadScope, RegistryReader } from "@layerport/registry-core";
import { listActivity } from "./activity.ts";
import { describeImage } from "./image.ts";
import { describeRepository, listRepositories } from "./repositories.ts";
import { listTags } from "./tags.ts";

/**
 * The catalog whose lists and counts show what `scope` covers. It does not check single repositories: wrap it with
 * `guardCatalog`. `reader` reads configs, unguarded.
 */
export function openCatalog(database: Database, reader: RegistryReader, scope: ReadScope): Catalog {
  return {
    listRepositories: (query) => listRepositories(database, scope, query),
    describeRepository: (repository) => describeRepository(database, repository),
    listTags: (repository, query) => listTags(database, repository, query),
    describeImage: (repository, reference, platform) =>
      describeImage({ database, reader, scope }, repository, { reference, platform }),
    listActivity: (page) => listActivity(database, scope, page),
  };
}
