import type { Scope } from "@layerport/registry-core";
import type { Endpoint } from "./endpoint.ts";

/** What a token must grant for an endpoint, as a challenge names it. A mount touches two repositories. */
export function neededScopes(endpoint: Endpoint): readonly Scope[] {
  switch (endpoint.id) {
    case "end-1":
      return [];
    case "catalog":
      return [{ kind: "catalog" }];
    case "end-2":
    case "end-3":
    case "end-8a":
    case "end-8b":
    case "end-12a":
    case "end-12b":
      return [{ kind: "repository", repository: endpoint.repository, actions: ["pull"] }];
    case "end-9":
    case "end-10":
      return [{ kind: "repository", repository: endpoint.repository, actions: ["delete"] }];
    case "end-11": {
      const target: Scope = { kind: "repository", repository: endpoint.repository, actions: ["pull", "push"] };
      if (endpoint.from === undefined) return [target];
      return [target, { kind: "repository", repository: endpoint.from, actions: ["pull"] }];
    }
    default:
      return [{ kind: "repository", repository: endpoint.repository, actions: ["pull", "push"] }];
  }
}
