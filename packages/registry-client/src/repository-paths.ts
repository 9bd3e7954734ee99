import { libraryOrganization, type RepositoryName } from "@layerport/registry-core";

const dockerHub = /(?:^|\.)docker\.(?:io|com)$/;

/** How one registry spells the names of repositories, and what its token endpoint calls what may be done with them. */
export class RepositoryPaths {
  readonly #isDockerHub: boolean;

  constructor(registry: URL) {
    this.#isDockerHub = dockerHub.test(registry.hostname);
  }

  /** As it stands in a path. Docker Hub knows only the long form of a name of one component. */
  spell(repository: RepositoryName): string {
    return this.#isDockerHub && !repository.includes("/") ? `${libraryOrganization}/${repository}` : repository;
  }

  path(repository: RepositoryName, rest: string): string {
    return `/v2/${this.spell(repository)}/${rest}`;
  }

  scopes(repository: RepositoryName, actions: "pull" | "pull,push" | "delete"): readonly string[] {
    return [`repository:${this.spell(repository)}:${actions}`];
  }
}
