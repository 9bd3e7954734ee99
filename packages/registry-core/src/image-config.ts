import type { Platform } from "./descriptor.ts";

/** One line of an image's history: the instruction that made a layer, or only changed the configuration. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly createdAt: string | undefined;
  readonly comment: string | undefined;
  readonly author: string | undefined;
  /** True when the instruction made no layer. */
  readonly isEmptyLayer: boolean;
}

/** What an image's config says about running it. Texts come from the image's author and are not to be trusted. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly createdAt: string | undefined;
  readonly author: string | undefined;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly stopSignal: string | undefined;
  readonly history: readonly HistoryEntry[];
}

/**
 * Reads an image config (image specification, "Image Configuration"), leniently: a field of the wrong type counts as
 * absent, since the bytes are an author's and the page that shows them must not fail. Answers `undefined` for bytes
 * that are not a JSON object.
 */
export function readImageConfig(content: Uint8Array): ImageConfig | undefined {
  const fields = parseObject(content);
  if (fields === undefined) return undefined;
  const config = asObject(fields.config);
  return {
    platform: {
      os: asText(fields.os) ?? "",
      architecture: asText(fields.architecture) ?? "",
      variant: asText(fields.variant),
      osVersion: asText(fields["os.version"]),
    },
    createdAt: asText(fields.created),
    author: asText(fields.author),
    entrypoint: asTexts(config.Entrypoint),
    command: asTexts(config.Cmd),
    environment: asTexts(config.Env),
    exposedPorts: Object.keys(asObject(config.ExposedPorts)),
    volumes: Object.keys(asObject(config.Volumes)),
    labels: asTextMap(config.Labels),
    user: asText(config.User),
    workingDirectory: asText(config.WorkingDir),
    stopSignal: asText(config.StopSignal),
    history: Array.isArray(fields.history) ? fields.history.map(readHistoryEntry) : [],
  };
}

function readHistoryEntry(value: unknown): HistoryEntry {
  const fields = asObject(value);
  return {
    createdBy: asText(fields.created_by) ?? "",
    createdAt: asText(fields.created),
    comment: asText(fields.comment),
    author: asText(fields.author),
    isEmptyLayer: fields.empty_layer === true,
  };
}

function parseObject(content: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(content));
  } catch {
    // A config may be anything; what is not JSON describes nothing.
    return undefined;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? asObject(value) : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function asTextMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  // fromEntries defines own properties, so a label named __proto__ stays plain data.
  return Object.fromEntries(entries);
}
