import {
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorDetail,
  type RegistryErrorOptions,
  registryErrorCodes,
  shorten,
} from "@layerport/registry-core";
import { fieldsOf, parseJson, readDocument } from "./answer-body.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { UpstreamError } from "./upstream-error.ts";
import type { Answer } from "./wire.ts";

/**
 * What another registry's refusal means here: the code that its document names, or the one that its status stands for.
 * Of what it says, only short, printable text is passed on.
 * @param notFound the code of a 404 that names none, as every answer to a HEAD
 */
export async function refusalOf(
  answer: Answer,
  notFound: RegistryErrorCode,
  limits: FetchLimits,
): Promise<RegistryError | UpstreamError> {
  const { status, url } = answer;
  const said = await readRefusal(answer, limits);
  if (status === 507) return new RegistryError("UNAVAILABLE", undefined, { status });
  if (status >= 500) return new UpstreamError("unreachable", `${url.host} answered ${status}`);
  const code = said.code !== undefined && status !== 401 ? said.code : codeOf(status, notFound);
  if (code === undefined) return new UpstreamError("untrustworthy", `${url.host} answered ${status} without a reason`);
  return new RegistryError(code, said.detail, { status: allowedStatus(status), message: said.message });
}

interface Refusal {
  readonly code?: RegistryErrorCode | undefined;
  readonly message?: string | undefined;
  readonly detail?: RegistryErrorDetail | undefined;
}

async function readRefusal(answer: Answer, limits: FetchLimits): Promise<Refusal> {
  // An error that is endless, packed or broken off says nothing more than its status does.
  const content = await readDocument(answer, limits.maximumErrorBytes, limits).catch(() => undefined);
  const errors = content && fieldsOf(parseJson(content))?.errors;
  const first = Array.isArray(errors) ? fieldsOf(errors[0]) : undefined;
  if (first === undefined) return {};
  return {
    code: registryErrorCodes.find((code) => code === first.code),
    message: typeof first.message === "string" && first.message !== "" ? printable(first.message) : undefined,
    detail: detailOf(first.detail),
  };
}

function detailOf(value: unknown): RegistryErrorDetail | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const kept = Object.entries(fields)
    .slice(0, 20)
    .flatMap(([key, entry]): [string, string | number | readonly string[]][] => {
      const name = printable(key);
      if (typeof entry === "string") return [[name, printable(entry)]];
      if (typeof entry === "number") return [[name, entry]];
      const isTexts = Array.isArray(entry) && entry.every((text) => typeof text === "string");
      return isTexts ? [[name, entry.map(printable)]] : [];
    });
  return Object.fromEntries(kept);
}

function codeOf(status: number, notFound: RegistryErrorCode): RegistryErrorCode | undefined {
  switch (status) {
    case 401:
      return "UNAUTHORIZED";
    case 403:
      return "DENIED";
    case 404:
      return notFound;
    case 405:
      return "UNSUPPORTED";
    case 413:
      return "SIZE_INVALID";
    case 416:
      return "BLOB_UPLOAD_INVALID";
    case 429:
      return "TOOMANYREQUESTS";
    default:
      return undefined;
  }
}

function allowedStatus(status: number): RegistryErrorOptions["status"] {
  return ([400, 413, 414, 415, 416] as const).find((allowed) => allowed === status);
}

function printable(text: string): string {
  return shorten(text.replaceAll(/[^\x20-\x7e\u00a0-\ufffd]/g, " "));
}
