import type {
  ActivityEntry,
  Catalog,
  ImageDescription,
  RepositoryDescription,
  RepositoryPage,
  RepositoryQuery,
  TagPage,
  TagQuery,
} from "./catalog.ts";
import type { Page, PageRequest } from "./page.ts";
import type { May } from "./permission.ts";
import type { Reference } from "./reference.ts";
import { RegistryError } from "./registry-error.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * The catalog as one viewer may see it. A repository that the viewer may not pull from is NAME_UNKNOWN, like one that
 * does not exist. Lists are narrowed by the `ReadScope` that the catalog was made with.
 */
export function guardCatalog(catalog: Catalog, may: May): Catalog {
  const require = async (repository: RepositoryName) => {
    if (!(await may(repository, "pull"))) throw new RegistryError("NAME_UNKNOWN", { name: repository });
  };
  return {
    listRepositories: (query: RepositoryQuery): Promise<RepositoryPage> => catalog.listRepositories(query),
    listActivity: (page: PageRequest): Promise<Page<ActivityEntry>> => catalog.listActivity(page),
    async describeRepository(repository: RepositoryName): Promise<RepositoryDescription> {
      await require(repository);
      return catalog.describeRepository(repository);
    },
    async listTags(repository: RepositoryName, query: TagQuery): Promise<TagPage> {
      await require(repository);
      return catalog.listTags(repository, query);
    },
    async describeImage(
      repository: RepositoryName,
      reference: Reference,
      platform?: string,
    ): Promise<ImageDescription> {
      await require(repository);
      return catalog.describeImage(repository, reference, platform);
    },
  };
}
