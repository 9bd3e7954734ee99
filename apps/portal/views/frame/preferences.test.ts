import { expect, it } from "vitest";
import { parsePreferences } from "./preferences.ts";

const from = (cookies: Record<string, string>) => parsePreferences((name) => cookies[name]);

it("reads what was chosen", () => {
  expect(from({ theme: "dark", density: "compact", client: "podman", rail: "narrow" })).toEqual({
    theme: "dark",
    density: "compact",
    client: "podman",
    isRailNarrow: true,
  });
});

it("answers the defaults for a cookie that says nothing sensible", () => {
  const defaults = { theme: "system", density: "default", client: "docker", isRailNarrow: false };
  expect(from({})).toEqual(defaults);
  expect(from({ theme: "dark' onload=", density: "9", client: '"><script>', rail: "x" })).toEqual(defaults);
});
