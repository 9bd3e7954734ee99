const storageErrors = {
  OUT_OF_SPACE: "the volume has no room left",
  VOLUME_BAD: "the volume is marked bad after a failed sync; writes are refused until an operator clears it",
  UNKNOWN_STAGED: "nothing is staged under this id",
  OFFSET_BEYOND_END: "the offset lies beyond the stored bytes",
} as const;

export type StorageErrorCode = keyof typeof storageErrors;

const brand = Symbol.for("layerport.StorageError");

/** A failure of storage that a caller tells apart from other outages by its code. The operating system's error is the cause. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  readonly [brand] = true;

  constructor(code: StorageErrorCode, options?: ErrorOptions) {
    super(storageErrors[code], options);
    this.code = code;
  }

  /** Unlike `instanceof`, holds across two copies of this module in one bundle. */
  static is(error: unknown): error is StorageError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
