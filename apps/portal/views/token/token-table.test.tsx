import type { AccessToken } from "@layerport/accounts";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { TokenTable } from "./token-table.tsx";

const day = 24 * 60 * 60 * 1000;
const now = new Date();

const ci: AccessToken = {
  id: "0198c0de-0000-7000-8000-000000000001",
  name: "ci of acme/api",
  lastFour: "x7Qa",
  permissions: ["pull", "push"],
  repositoryPatterns: ["acme/**", "tools/*"],
  createdAt: new Date(now.getTime() - 30 * day),
  expiresAt: new Date(now.getTime() + 60 * day),
  isExpired: false,
  lastUsedAt: new Date(now.getTime() - 2 * day),
  lastUsedAddress: "10.0.0.7",
  lastUsedRepository: "acme/api",
  isUnused: false,
};

const draw = (token: Partial<AccessToken>) =>
  renderToStaticMarkup(<TokenTable tokens={[{ ...ci, ...token }]} now={now} />);
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, " ").replaceAll(/ +/g, " ");

describe("an access token's row", () => {
  it("says what it may do, where, when it was used last, from which address and for which repository", () => {
    const text = textOf(draw({}));
    expect(text).toContain("ci of acme/api");
    expect(text).toContain("…x7Qa");
    expect(text).toContain("pull, push");
    expect(text).toContain("acme/** tools/*");
    expect(text).toContain("from 10.0.0.7 in acme/api");
  });

  it("of a token that was never used says so", () => {
    expect(textOf(draw({ lastUsedAt: undefined, lastUsedAddress: undefined }))).toContain("never");
  });

  it("of a token that nobody has used for 90 days says so, and of no other", () => {
    expect(textOf(draw({ isUnused: true }))).toContain("unused for 90 days");
    expect(textOf(draw({}))).not.toContain("unused");
  });

  it("warns in words two weeks before the end, and not earlier", () => {
    expect(textOf(draw({ expiresAt: new Date(now.getTime() + 13 * day) }))).toContain("soon");
    expect(textOf(draw({ expiresAt: new Date(now.getTime() + 15 * day) }))).not.toContain("soon");
  });

  it("of an ended token says expired", () => {
    expect(textOf(draw({ isExpired: true, expiresAt: new Date(now.getTime() - day) }))).toContain("expired");
  });

  it("names the token in its button, since a list of buttons named Revoke says nothing", () => {
    expect(draw({})).toContain('aria-label="Revoke ci of acme/api"');
  });
});
