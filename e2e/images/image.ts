import { imageTime } from "./make-tar.ts";
import { type Descriptor, type Layer, mediaTypes, type OciLayout, type Platform } from "./oci-layout.ts";

/** One step of an image's history; a step without a layer only changed the configuration. */
export interface Step {
  readonly createdBy: string;
  readonly layer?: Layer;
}

/** The part of an image's configuration that a container starts from, spelt as the specification spells it. */
export interface Settings {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

/** An image configuration as it is stored. */
export interface ImageConfig extends Platform {
  readonly created: string;
  readonly author?: string;
  readonly config: Settings;
  readonly rootfs: { readonly type: "layers"; readonly diff_ids: readonly string[] };
  readonly history: readonly {
    readonly created: string;
    readonly created_by: string;
    readonly empty_layer?: true;
  }[];
}

/** An image manifest as it is stored. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An index, or Docker's manifest list, as it is stored. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Describes an image in the words of its configuration. */
export function imageConfig(platform: Platform, steps: readonly Step[], settings: Settings): ImageConfig {
  const created = imageTime.toISOString();
  return {
    created,
    ...platform,
    config: settings,
    rootfs: { type: "layers", diff_ids: steps.flatMap((step) => (step.layer ? [step.layer.diffId] : [])) },
    history: steps.map((step) => ({
      created,
      created_by: step.createdBy,
      ...(step.layer ? {} : { empty_layer: true as const }),
    })),
  };
}

/** Stores an image's configuration and manifest; its layers are in the layout already. */
export async function putImage(
  layout: OciLayout,
  config: ImageConfig,
  manifest: { readonly layers: readonly Descriptor[]; readonly annotations?: Readonly<Record<string, string>> },
): Promise<Descriptor> {
  const { os, architecture, variant } = config;
  const stored: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await layout.putJson(mediaTypes.config, config),
    layers: manifest.layers,
    ...(manifest.annotations ? { annotations: manifest.annotations } : {}),
  };
  const descriptor = await layout.putJson(mediaTypes.manifest, stored);
  return { ...descriptor, platform: { architecture, os, ...(variant === undefined ? {} : { variant }) } };
}

/** Stores an index over manifests of the same layout. */
export function putIndex(
  layout: OciLayout,
  manifests: readonly Descriptor[],
  annotations?: Readonly<Record<string, string>>,
): Promise<Descriptor> {
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests,
    ...(annotations ? { annotations } : {}),
  };
  return layout.putJson(mediaTypes.index, index);
}

/** A platform as clients write it, `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join("/");
}
