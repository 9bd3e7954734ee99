import { expect, it } from "vitest";
import { organizationPath, renamedPath } from "./organization-path.ts";

it("an organization's pages follow a lone dash, which no repository of it can be called", () => {
  expect(organizationPath("acme")).toBe("/o/acme");
  expect(organizationPath("acme", "teams", "front-end")).toBe("/o/acme/-/teams/front-end");
});

it("a page asked for by a former name is the same page under the present one, with its query", () => {
  expect(renamedPath("/o/acme/-/members?q=jo", "acme-labs")).toBe("/o/acme-labs/-/members?q=jo");
  expect(renamedPath("/o/acme?after=acme%2Fapi", "acme-labs")).toBe("/o/acme-labs?after=acme%2Fapi");
});
