import type { AccessDifference } from "@layerport/accounts";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { AccessDifferences } from "./access-differences.tsx";

const gain: AccessDifference = {
  principals: [
    { kind: "user", name: "jo" },
    { kind: "robot", name: "ci" },
  ],
  principalCount: 41,
  permissions: ["push"],
  pattern: "acme/web-*",
  repositories: ["acme/web-shop"],
  repositoryCount: 12,
};
const textOf = (gains: readonly AccessDifference[], losses: readonly AccessDifference[] = []) =>
  renderToStaticMarkup(<AccessDifferences preview={{ gains, losses, sentence: "In short." }} />)
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

describe("who gains and who loses", () => {
  it("is told with how many there are beside those named", () => {
    const text = textOf([gain]);
    expect(text).toContain("In short. Gain jo, robot ci and 39 more: push on acme/web-*");
    expect(text).toContain("12 repositories now: acme/web-shop and 11 more");
    expect(text).not.toContain("Lose");
  });

  it("names everybody who is no member, and says when a pattern covers nothing yet", () => {
    const loss: AccessDifference = {
      ...gain,
      principals: [{ kind: "everybody", name: "everybody" }],
      principalCount: 1,
      repositories: [],
      repositoryCount: 0,
    };
    expect(textOf([], [loss])).toContain("Lose Everybody else : push on acme/web-* No repository of this kind yet");
  });
});
