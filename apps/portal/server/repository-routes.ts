/**
 * The routes behind a repository's addresses. A name may hold slashes, and Next takes a parameter of several parts only
 * at the end of a route, so in the routes the name comes last.
 */
export const repositoryRoutes: readonly { readonly source: string; readonly destination: string }[] = [
  { source: "/r/:name+/-/tags", destination: "/repository/tags/:name+" },
  { source: "/r/:name+/-/tags/:tag", destination: "/repository/tag/:tag/:name+" },
  { source: "/r/:name+/-/manifests/:digest", destination: "/repository/manifest/:digest/:name+" },
  { source: "/r/:name+/-/settings", destination: "/repository/settings/:name+" },
  { source: "/r/:name+/-/settings/access", destination: "/repository/access/:name+" },
  // Last, since it fits the others too; a name that cannot be one is the page 404.
  { source: "/r/:name+", destination: "/repository/overview/:name+" },
];
