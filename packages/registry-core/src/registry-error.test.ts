import { describe, expect, it } from "vitest";
import { RegistryError, type RegistryErrorCode, registryErrorCodes } from "./registry-error.ts";

/** The status of each code. */
const statuses: Readonly<Record<RegistryErrorCode, number>> = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
  UNAVAILABLE: 503,
};

describe("a refusal", () => {
  it.each(Object.entries(statuses))("with the code %s has the status %i", (code, status) => {
    expect(new RegistryError(code as RegistryErrorCode).status).toBe(status);
  });

  it("has one of the specification's codes, or the one that it lacks", () => {
    expect(registryErrorCodes.toSorted()).toEqual(Object.keys(statuses).sort());
  });

  it("has a sentence of its code, different from every other's, unless it was given one", () => {
    const messages = registryErrorCodes.map((code) => new RegistryError(code).message);
    expect(new Set(messages).size).toBe(messages.length);
    for (const message of messages) expect(message).toMatch(/^[a-z ]{10,}$/);
    expect(new RegistryError("DENIED", undefined, { message: "the tag is locked" }).message).toBe("the tag is locked");
  });

  it("carries what the caller sent, another status where the specification allows it, and the cause", () => {
    const cause = new Error("the disk is full");
    const error = new RegistryError("UNAVAILABLE", { digests: ["a"] }, { status: 507, cause });
    expect(error).toMatchObject({ code: "UNAVAILABLE", detail: { digests: ["a"] }, status: 507, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("RegistryError");
    expect(new RegistryError("DENIED").detail).toBeUndefined();
  });

  it("is told from any other error, also across two copies of the module", async () => {
    expect(RegistryError.is(new RegistryError("DENIED"))).toBe(true);
    for (const other of [new Error("x"), { code: "DENIED", status: 403 }, "DENIED", null, undefined]) {
      expect(RegistryError.is(other)).toBe(false);
    }
    const address = new URL("./registry-error.ts?again", import.meta.url).href;
    const copy = (await import(/* @vite-ignore */ address)) as typeof import("./registry-error.ts");
    expect(copy.RegistryError).not.toBe(RegistryError);
    expect(RegistryError.is(new copy.RegistryError("DENIED"))).toBe(true);
  });
});
