import type { PlatformImageDescription, StackEntry } from "@layerport/registry-core";
import { ChevronRight } from "lucide-react";
import { formatByteSize } from "../../format/byte-size.ts";
import { formatCounted } from "../../format/count.ts";
import { Bar } from "../../ui/bars.tsx";
import { Digest } from "./digest.tsx";
import { Size } from "./size.tsx";
import { VisibleText } from "./visible-text.tsx";

/**
 * The image drawn as what it is, a stack of layers, each bar as long as its layer is heavy. The lowest layer comes
 * first, as in a Dockerfile; instructions that made no layer are folded between them.
 */
export function LayerStack(props: {
  readonly image: PlatformImageDescription;
  /** Its blobs are files that nobody built with instructions. */
  readonly isArtifact?: boolean;
}) {
  const { image, isArtifact = false } = props;
  const layers = image.stack.flatMap((entry) => (entry.kind === "layer" ? [entry.layer] : []));
  if (layers.length === 0) return <p className="text-fg-muted">This image has no layers.</p>;
  const largest = Math.max(...layers.map(({ descriptor }) => descriptor.size));
  return (
    <ol className="flex flex-col">
      {groupMetadata(image.stack).map((group) =>
        group.kind === "layer" ? (
          <LayerRow key={group.key} entry={group.entry} largest={largest} isArtifact={isArtifact} />
        ) : (
          <MetadataRow key={group.key} instructions={group.instructions} />
        ),
      )}
    </ol>
  );
}

type LayerEntry = Extract<StackEntry, { kind: "layer" }>;
type Group =
  | { readonly kind: "layer"; readonly key: string; readonly entry: LayerEntry }
  | { readonly kind: "metadata"; readonly key: string; readonly instructions: string[] };

function groupMetadata(stack: readonly StackEntry[]): readonly Group[] {
  const groups: Group[] = [];
  for (const [place, entry] of stack.entries()) {
    const last = groups.at(-1);
    if (entry.kind === "layer") groups.push({ kind: "layer", key: `${place}`, entry });
    else if (last?.kind === "metadata") last.instructions.push(entry.createdBy);
    else groups.push({ kind: "metadata", key: `${place}`, instructions: [entry.createdBy] });
  }
  return groups;
}

function LayerRow({ entry, largest, isArtifact }: { entry: LayerEntry; largest: number; isArtifact: boolean }) {
  const { descriptor, createdBy, sharedWith } = entry.layer;
  const isShared = sharedWith > 0;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 border-b py-2.5 lg:grid-cols-[minmax(0,2fr)_5.5rem_minmax(0,3fr)]">
      <div className="flex items-center max-lg:col-span-2">
        <Bar
          parts={[{ size: descriptor.size, fill: isShared ? "tint" : "solid", tone: "accent" }]}
          full={largest}
          height={20}
          label={`Layer of ${formatByteSize(descriptor.size)}${isShared ? `, shared with ${sharedWith} other images` : ""}`}
        />
      </div>
      <div className="text-end max-lg:order-3 lg:self-center">
        <Size bytes={descriptor.size} kind="compressed" isBare />
      </div>
      <div className="min-w-0 max-lg:order-2">
        {isArtifact ? <FileName layer={entry.layer} /> : <Instruction text={createdBy} />}
        <div className="mt-0.5 flex flex-wrap items-center gap-x-3 text-fg-subtle text-sm">
          <Digest digest={descriptor.digest} />
          <span>{layerFormat(descriptor.mediaType)}</span>
          {isShared ? <span>shared with {formatCounted(sharedWith, "other image")}</span> : null}
        </div>
      </div>
    </li>
  );
}

function MetadataRow({ instructions }: { instructions: readonly string[] }) {
  return (
    <li className="border-b py-2">
      <details className="disclosure">
        <summary className="w-fit rounded-sm text-fg-muted text-sm hover:text-fg">
          <ChevronRight size={12} aria-hidden className="disclosure-mark me-1 inline-block" />
          {formatCounted(instructions.length, "metadata step")} <span className="text-fg-subtle">0 B</span>
        </summary>
        <ul className="mt-1 flex flex-col gap-1 ps-4">
          {instructions.map((text, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a history never change their places.
            <li key={place}>
              <Instruction text={text} />
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

function Instruction({ text }: { text: string | undefined }) {
  if (text === undefined || text === "") return <p className="text-fg-subtle text-sm">no instruction recorded</p>;
  return (
    <p className="line-clamp-3 break-words font-mono text-sm">
      <VisibleText text={readableInstruction(text)} most={600} />
    </p>
  );
}

function FileName({ layer }: { layer: LayerEntry["layer"] }) {
  const title = layer.descriptor.annotations?.["org.opencontainers.image.title"];
  return title === undefined ? null : (
    <p className="break-words font-mono text-sm">
      <VisibleText text={title} most={200} />
    </p>
  );
}

/** A history line as the Dockerfile had it: builders wrap what they ran in a shell, its arguments and a marker. */
export function readableInstruction(createdBy: string): string {
  const nop = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(createdBy)?.[1];
  if (nop !== undefined) return nop.trim();
  const run = /^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c (.*)$/s.exec(createdBy)?.[1];
  return (run === undefined ? createdBy : `RUN ${run}`).replace(/\s+# buildkit$/, "").trim();
}

function layerFormat(mediaType: string): string {
  if (mediaType.includes("zstd")) return "zstd";
  if (mediaType.includes("gzip")) return "gzip";
  return mediaType.endsWith(".tar") ? "tar" : mediaType;
}
