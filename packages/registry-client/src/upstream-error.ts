/** Why another registry gave no answer that can be used. */
export type UpstreamFailure =
  /** It cannot be reached, broke off, was too slow or is out of order. */
  | "unreachable"
  /** It answered, and what it said is not to be believed. */
  | "untrustworthy"
  /** It is, or sent us on to, a place where Layerport must not go. */
  | "forbidden";

const brand = Symbol.for("layerport.UpstreamError");

/** An outage of another registry. Its message names no credential; what went wrong below is its `cause`. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly [brand] = true;
  readonly failure: UpstreamFailure;

  constructor(failure: UpstreamFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }

  /** Unlike `instanceof`, holds across two copies of this module in one bundle. */
  static is(error: unknown): error is UpstreamError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
