import { bytes, concatenate } from "./bytes.ts";

const blockSize = 512;

/** A tar archive (ustar) of regular files that are owned by root and were changed at the epoch. */
export function tar(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const [path, content] of Object.entries(files)) {
    const body = typeof content === "string" ? bytes(content) : content;
    const padding = (blockSize - (body.length % blockSize)) % blockSize;
    blocks.push(header(path, body.length), body, new Uint8Array(padding));
  }
  // Two empty blocks end an archive.
  blocks.push(new Uint8Array(2 * blockSize));
  return concatenate(blocks);
}

function header(path: string, size: number): Uint8Array {
  const name = bytes(path);
  if (name.length > 100) throw new Error(`a ustar header holds no path of ${name.length} bytes`);
  const block = new Uint8Array(blockSize);
  const octal = (number: number, width: number) => bytes(number.toString(8).padStart(width, "0"));
  block.set(name, 0);
  block.set(octal(0o644, 7), 100);
  block.set(octal(0, 7), 108);
  block.set(octal(0, 7), 116);
  block.set(octal(size, 11), 124);
  block.set(octal(0, 11), 136);
  // The checksum is taken as if its own field held spaces.
  block.set(bytes("        0"), 148);
  block.set(bytes("ustar\u000000"), 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(bytes(`${sum.toString(8).padStart(6, "0")}\u0000 `), 148);
  return block;
}
