import type { ImageDescription } from "@layerport/registry-core";
import { isDigest } from "@layerport/registry-core";
import { manifestPath } from "../../server/repository-path.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { type Json, JsonView } from "../../ui/json-view.tsx";

/** A manifest above this many characters is offered as its raw text only. */
const foldableCharacters = 200_000;

/** The manifest, folding, and its exact bytes beside it. */
export function ManifestView({ image }: { readonly image: ImageDescription }) {
  const { manifestText, repository } = image;
  const isFoldable = manifestText.length <= foldableCharacters;
  // Only manifests have pages; a config's or a layer's digest leads nowhere yet.
  const pages = new Set([...image.platforms.map(({ digest }) => digest), image.descriptor.digest]);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2 text-fg-muted">
        <span className="break-all font-mono text-sm">{image.descriptor.mediaType}</span>
        <span className="tabular-nums">{image.descriptor.size.toLocaleString("en")} bytes</span>
        <CopyButton text={manifestText} label="Copy the manifest's exact text" />
      </div>
      {isFoldable ? (
        <JsonView
          label="Manifest"
          value={JSON.parse(manifestText) as Json}
          hrefFor={(value) => (isDigest(value) && pages.has(value) ? manifestPath(repository, value) : undefined)}
        />
      ) : null}
      <details open={!isFoldable}>
        <summary className="w-fit rounded-sm text-fg-muted hover:text-fg">Exact bytes</summary>
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard.
          tabIndex={0}
          aria-label="Exact bytes of the manifest"
          className="mt-2 max-h-160 overflow-auto rounded-md border bg-surface p-3"
        >
          <pre className="font-mono text-sm">{manifestText}</pre>
        </section>
      </details>
    </div>
  );
}
