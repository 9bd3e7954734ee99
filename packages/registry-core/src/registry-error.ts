/** What a refusal may say about the request: only what the caller sent or may see. */
export type RegistryErrorDetail = Readonly<Record<string, string | number | readonly string[]>>;

const registryErrors = {
  BLOB_UNKNOWN: { status: 404, message: "blob unknown to registry" },
  BLOB_UPLOAD_INVALID: { status: 400, message: "blob upload invalid" },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: "blob upload unknown to registry" },
  DIGEST_INVALID: { status: 400, message: "provided digest did not match uploaded content or is malformed" },
  MANIFEST_BLOB_UNKNOWN: { status: 400, message: "manifest references a manifest or blob unknown to registry" },
  MANIFEST_INVALID: { status: 400, message: "manifest invalid" },
  MANIFEST_UNKNOWN: { status: 404, message: "manifest unknown to registry" },
  NAME_INVALID: { status: 400, message: "invalid repository name" },
  NAME_UNKNOWN: { status: 404, message: "repository name not known to registry" },
  SIZE_INVALID: { status: 400, message: "provided length did not match content length" },
  UNAUTHORIZED: { status: 401, message: "authentication required" },
  DENIED: { status: 403, message: "requested access to the resource is denied" },
  UNSUPPORTED: { status: 405, message: "the operation is unsupported" },
  TOOMANYREQUESTS: { status: 429, message: "too many requests" },
  UNAVAILABLE: { status: 503, message: "service unavailable" },
} as const satisfies Record<string, { status: number; message: string }>;

/** The error codes of OCI Distribution ("Error Codes"), and `UNAVAILABLE`, which that list lacks. */
export type RegistryErrorCode = keyof typeof registryErrors;

/** Every code there is, in the order of the table. */
export const registryErrorCodes: readonly RegistryErrorCode[] = Object.keys(registryErrors) as RegistryErrorCode[];

const brand = Symbol.for("layerport.RegistryError");

/** How a throw may differ from its code's row: another status that the specification allows, a sentence of its own. */
export interface RegistryErrorOptions extends ErrorOptions {
  readonly status?: 400 | 409 | 413 | 414 | 415 | 416 | 507 | undefined;
  readonly message?: string | undefined;
}

/** A refusal that a registry client is meant to read. Anything else thrown is an outage or a bug. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly [brand] = true;
  readonly code: RegistryErrorCode;
  readonly detail: RegistryErrorDetail | undefined;
  readonly status: number;

  constructor(code: RegistryErrorCode, detail?: RegistryErrorDetail, options?: RegistryErrorOptions) {
    super(options?.message ?? registryErrors[code].message, options);
    this.code = code;
    this.detail = detail;
    this.status = options?.status ?? registryErrors[code].status;
  }

  /** Unlike `instanceof`, holds across two copies of this module in one bundle. */
  static is(error: unknown): error is RegistryError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
