import { createHash, type Hash } from "node:crypto";
import { type Digest, type DigestAlgorithm, formatDigest, splitDigest } from "@layerport/registry-core";

/** The hash of all bytes of something up to a length. */
export class RunningHash {
  readonly algorithm: DigestAlgorithm;
  readonly #hash: Hash;
  #length: number;

  constructor(algorithm: DigestAlgorithm, copied?: { readonly hash: Hash; readonly length: number }) {
    this.algorithm = algorithm;
    this.#hash = copied?.hash ?? createHash(algorithm);
    this.#length = copied?.length ?? 0;
  }

  get length(): number {
    return this.#length;
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#length += bytes.byteLength;
  }

  /** One that goes on from here and leaves this one as it is. */
  copy(): RunningHash {
    return new RunningHash(this.algorithm, { hash: this.#hash.copy(), length: this.#length });
  }

  digest(): Digest {
    return formatDigest(this.algorithm, this.#hash.copy().digest("hex"));
  }
}

/** The digest of bytes in memory, made with the algorithm of another digest. */
export function digestLike(digest: Digest, content: Uint8Array): Digest {
  const { algorithm } = splitDigest(digest);
  return formatDigest(algorithm, createHash(algorithm).update(content).digest("hex"));
}
