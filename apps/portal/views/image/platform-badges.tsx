import { type PlatformParts, shownPlatforms } from "../../format/platform.ts";
import { Badge } from "../../ui/badge.tsx";
import { cardProps } from "../../ui/card.ts";

/** What an image runs on, amd64 and arm64 first, at most `most` and then "+2" with the rest on a card. */
export function PlatformBadges({ platforms, most = 3 }: { platforms: readonly PlatformParts[]; most?: number }) {
  const { shown, more } = shownPlatforms(platforms, most);
  return (
    <span className="inline-flex flex-wrap gap-1">
      {shown.map((name) => (
        <Badge key={name}>{name}</Badge>
      ))}
      {more.length === 0 ? null : (
        <button
          type="button"
          aria-label={`and ${more.join(", ")}`}
          className="inline-flex h-5 min-w-6 cursor-default items-center justify-center rounded-sm px-1 text-fg-muted text-xs"
          {...cardProps({ kind: "text", text: more.join(", ") })}
        >
          +{more.length}
        </button>
      )}
    </span>
  );
}
