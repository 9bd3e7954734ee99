import fs from "node:fs";

const ROTATE_ABOVE_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** How a log entry says that something failed: by name, or in pino's own numbers. */
const errorLevels = ['"level":"error"', '"level":"fatal"', '"level":50,', '"level":60,'];

/**
 * A file to which a child writes directly, so that its log costs this process nothing and a burst of it never makes
 * the child wait. Once a second it is looked through for errors, which `onError` gets in one line each, and a file
 * that has grown large becomes `<file>.1`.
 */
export class LogFile {
  readonly path: string;
  readonly #onError: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  #seen: number;

  constructor(file: string, onError: (line: string) => void) {
    this.path = file;
    this.#onError = onError;
    fs.appendFileSync(file, "", { mode: 0o600 });
    this.#seen = fs.statSync(file).size;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** A descriptor that appends. The caller closes it. */
  open(): number {
    return fs.openSync(this.path, "a");
  }

  /** Reports the errors written since the last look. */
  look(): void {
    const size = fs.existsSync(this.path) ? fs.statSync(this.path).size : 0;
    if (size < this.#seen) this.#seen = 0;
    const written = readRange(this.path, this.#seen, size);
    const end = written.lastIndexOf(10) + 1;
    this.#seen += end;
    for (const line of findErrors(written.subarray(0, end))) this.#onError(line);
    if (size > ROTATE_ABOVE_BYTES) this.#rotate();
  }

  /** The last line that says something, for a child that ended. */
  lastLine(): string {
    const size = fs.statSync(this.path).size;
    const lines = readRange(this.path, Math.max(0, size - 16_384), size)
      .toString()
      .trim()
      .split("\n");
    const telling = lines.findLast((line) => isError(line) || /^\s*\w*Error\b|EADDRINUSE/.test(line));
    return readable(telling ?? lines.at(-1) ?? "");
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
    this.look();
  }

  /** Copied and emptied rather than renamed, because the child keeps its descriptor. */
  #rotate(): void {
    fs.copyFileSync(this.path, `${this.path}.1`);
    fs.truncateSync(this.path, 0);
    this.#seen = 0;
  }
}

function readRange(file: string, start: number, end: number): Buffer {
  const length = Math.max(0, end - start);
  const bytes = Buffer.alloc(length);
  if (length === 0) return bytes;
  const opened = fs.openSync(file, "r");
  try {
    return bytes.subarray(0, fs.readSync(opened, bytes, 0, length, start));
  } finally {
    fs.closeSync(opened);
  }
}

/** The lines of level error or fatal. Searching the bytes first spares decoding a long log of ordinary lines. */
function findErrors(written: Buffer): string[] {
  if (!errorLevels.some((level) => written.includes(level))) return [];
  return written.toString().split("\n").filter(isError).map(readable);
}

function isError(line: string): boolean {
  return errorLevels.some((level) => line.includes(level));
}

/** The message of a JSON log line, or the line itself. */
function readable(line: string): string {
  try {
    const entry: { msg?: string; err?: { message?: string } } = JSON.parse(line);
    return [entry.msg, entry.err?.message].filter((text, index, all) => text && all.indexOf(text) === index).join(": ");
  } catch {
    // Not everything that a process writes is a log entry.
    return line.trim();
  }
}
