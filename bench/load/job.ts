import type { Address } from "./connection.ts";

interface Common {
  readonly address: Address;
  /** Header lines that every request carries, the credential among them. */
  readonly headers: readonly string[];
  readonly connections: number;
}

/** The same few requests again and again, for so long. */
export interface ReadJob extends Common {
  readonly kind: "read";
  readonly method: "GET" | "HEAD";
  readonly targets: readonly string[];
  /** How long each body must be; left out where it is not known. */
  readonly bodyBytes?: number;
  /** The status of every answer; 200 where it is left out. */
  readonly status?: number;
  readonly forMs: number;
  /** How many requests at most; any number where it is left out. */
  readonly most?: number;
}

/** A whole list, page after page, along its `Link` headers, so many times. */
export interface WalkJob extends Common {
  readonly kind: "walk";
  readonly target: string;
  readonly times: number;
}

/** New blobs, none of which the registry has. */
export interface UploadJob extends Common {
  readonly kind: "upload";
  readonly repository: string;
  readonly count: number;
  readonly sizeBytes: number;
  /** How much goes into one PATCH; the whole blob goes into the closing PUT where it is left out. */
  readonly chunkBytes?: number;
  /** Makes the blobs others than those of every other seed. */
  readonly seed: string;
}

/** New images of one small config and one small layer, each under a tag of its own. */
export interface ImageJob extends Common {
  readonly kind: "image";
  readonly repository: string;
  readonly count: number;
  readonly seed: string;
}

/** Manifests of one image, made different by an annotation, each under a tag of its own: `t00000`, `t00001` and on. */
export interface TagJob extends Common {
  readonly kind: "tag";
  readonly repository: string;
  readonly manifest: string;
  readonly count: number;
}

/** Mounts of blobs from one repository into another, or of one blob into many. */
export interface MountJob extends Common {
  readonly kind: "mount";
  readonly from: string;
  readonly mounts: readonly { readonly repository: string; readonly digest: string }[];
}

/** Connections that are opened, used once, and then held for so long without another word. */
export interface IdleJob extends Common {
  readonly kind: "idle";
  readonly forMs: number;
}

/** Uploads that say they will be this long, send what they can for so long, and are then broken off and cancelled. */
export interface FloodJob extends Common {
  readonly kind: "flood";
  readonly repository: string;
  readonly declaredBytes: number;
  readonly forMs: number;
}

/** What a generator can be told to do. */
export type Job = ReadJob | WalkJob | UploadJob | ImageJob | TagJob | MountJob | IdleJob | FloodJob;

/** How a job went. A job with any wrong answer has none: it fails. */
export interface Work {
  /** Requests, or whole images and uploads, as the job counts them. */
  readonly done: number;
  readonly bytes: number;
  readonly seconds: number;
  /** How long each of those took, in the order in which they ended. */
  readonly latenciesMs: Float64Array;
}
