import type { Digest } from "./digest.ts";

/** The system that an image runs on, as the image index specification names it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
  readonly osVersion?: string | undefined;
}

/** Annotations by key. The object may own any key, `__proto__` included, so never copy it key by key. */
export type Annotations = Readonly<Record<string, string>>;

/** What names some content: its media type, digest and size in bytes (image specification, "Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly platform?: Platform | undefined;
  readonly annotations?: Annotations | undefined;
  readonly urls?: readonly string[] | undefined;
}

/** `linux/arm/v7`; the form that clients and people write. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}
