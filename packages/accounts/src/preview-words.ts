import type { AccessDifference, AccessPreview } from "./preview.ts";

/** Who gains and who loses, in short. */
export function previewInWords({ gains, losses }: Omit<AccessPreview, "sentence">): string {
  if (gains.length === 0 && losses.length === 0) return "Nobody gains or loses anything.";
  return [...gains.map((one) => say(one, "gain")), ...losses.map((one) => say(one, "lose"))].join(" ");
}

function say(
  { principals, principalCount, permissions, pattern, repositoryCount }: AccessDifference,
  verb: "gain" | "lose",
): string {
  const [first] = principals;
  const isOne = principalCount === 1 && first !== undefined;
  const who = isOne ? first.name : `${principalCount} members`;
  const where = repositoryCount === 1 ? "1 repository" : `${repositoryCount} repositories`;
  const subject = first?.kind === "everybody" ? "Everybody" : who;
  return `${subject} ${verb}${isOne ? "s" : ""} ${permissions.join(", ")} on ${pattern} (${where}).`;
}
