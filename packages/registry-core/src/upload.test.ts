import { describe, expect, it } from "vitest";
import { parseUploadId } from "./upload.ts";

const id = "0f8fad5b-d9cb-469f-a165-70867728950e";

describe("upload ids", () => {
  it("are read as they were handed out", () => {
    expect(parseUploadId(id)).toBe(id);
  });

  it.each([
    "",
    "1",
    id.toUpperCase(),
    `${id}x`,
    `${id}\n`,
    ` ${id}`,
    id.replaceAll("-", ""),
    "../etc/passwd",
    `{${id}}`,
  ])("T14 B41: %j is the id of no upload (BLOB_UPLOAD_UNKNOWN)", (text) => {
    expect(() => parseUploadId(text)).toThrow(expect.objectContaining({ code: "BLOB_UPLOAD_UNKNOWN", status: 404 }));
  });
});
