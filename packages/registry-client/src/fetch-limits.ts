import { maximumManifestBytes } from "@layerport/registry-core";

/** How long another registry is waited for, how often it is asked again, and how much of it is believed. */
export interface FetchLimits {
  readonly connectTimeoutMs: number;
  /** How long an answer may take to begin, once the request is sent. */
  readonly headersTimeoutMs: number;
  /** How long the whole of a manifest, a list, a token or an error may take. */
  readonly documentTimeoutMs: number;
  /** An answer's body must bring `bytesPerSecond` on average over each such window of waiting for it. */
  readonly progressWindowMs: number;
  readonly bytesPerSecond: number;
  /** How often a request is sent at most, where it may be repeated. */
  readonly attempts: number;
  /** The pause before the second attempt; it doubles with each one. */
  readonly retryPauseMs: number;
  /** The longest `Retry-After` that is waited for; a longer one is an answer. */
  readonly maximumRetryAfterMs: number;
  readonly maximumHeaderBytes: number;
  readonly maximumManifestBytes: number;
  /** A list of tags, repositories or referrers, one page of it. */
  readonly maximumListBytes: number;
  readonly maximumTokenBytes: number;
  readonly maximumErrorBytes: number;
  readonly maximumBlobBytes: number;
  readonly maximumRedirects: number;
  /** How many pages of one list are followed. */
  readonly maximumPages: number;
}

const mebibyte = 1024 * 1024;

/** What holds where the caller says nothing. */
export const defaultFetchLimits: FetchLimits = {
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 120_000,
  documentTimeoutMs: 60_000,
  progressWindowMs: 30_000,
  bytesPerSecond: 1024,
  attempts: 4,
  retryPauseMs: 200,
  maximumRetryAfterMs: 20_000,
  maximumHeaderBytes: 16 * 1024,
  maximumManifestBytes,
  maximumListBytes: 8 * mebibyte,
  maximumTokenBytes: 256 * 1024,
  maximumErrorBytes: 64 * 1024,
  maximumBlobBytes: 1024 * 1024 * mebibyte,
  maximumRedirects: 5,
  maximumPages: 1000,
};
