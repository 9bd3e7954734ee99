import { redactTokens } from "@layerport/accounts";
import pino, { type DestinationStream, type Logger } from "pino";

const secretKeys = ["authorization", "cookie", "password", "secret", "token", "refresh_token", "access_token"];

// Bearer tokens (three parts of base64url) and credentials in a URL, wherever in a line they stand.
const secretText = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=:\/\/)[^/\s:@"]+:[^/\s@"]+(?=@)/g;

/** A line without the secrets that it may have picked up from somebody's text. */
export function redactText(line: string): string {
  const text = redactTokens(line);
  return text.includes("eyJ") || text.includes("://") ? text.replace(secretText, "[redacted]") : text;
}

/** What is said of each request. None of it is a credential. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly endpoint: string;
  readonly status: number;
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly principal: string | undefined;
  readonly address: string;
}

/** What the process says of itself. */
export interface Log {
  readonly logger: Logger;
  /** Writes the one line of a request, within a quarter of a second. */
  logRequest(line: RequestLine): void;
  /** Writes what is left, before the process ends. */
  flush(): void;
}

// The lines of so many characters, or of so long, are handed on together.
const batchLength = 16 * 1024;
const batchMs = 250;

/** JSON lines on standard output, written in batches so that a request does not wait for them. */
export function openLog(level: string): Log {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 8192, periodicFlush: batchMs });
  const log = makeLog(level, destination);
  const flush = () => {
    log.flush();
    destination.flushSync();
  };
  return { ...log, flush };
}

/** A log that redacts by key and by pattern. */
export function makeLog(level: string, destination: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: { app: "registry" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secretKeys, ...secretKeys.map((key) => `*.${key}`)], censor: "[redacted]" },
      hooks: { streamWrite: redactText },
    },
    destination,
  );
  const writesRequests = logger.isLevelEnabled("info");
  let batch = "";
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (batch !== "") destination.write(redactText(batch));
    batch = "";
  };
  return {
    logger,
    logRequest(line) {
      if (!writesRequests) return;
      batch += formatRequest(line);
      if (batch.length > batchLength) flush();
      else timer ??= setTimeout(flush, batchMs);
    },
    flush,
  };
}

// By hand: a logger that looks for secrets in each field takes as long as the rest of a small request.
function formatRequest(line: RequestLine): string {
  const { requestId, method, path, endpoint, status, bytesIn, bytesOut, principal, address } = line;
  const who = principal === undefined ? "" : `,"principal":${JSON.stringify(principal)}`;
  const what = `"method":"${method}","path":${JSON.stringify(path)},"endpoint":"${endpoint}","status":${status}`;
  const numbers = `"ms":${Math.round(line.ms * 100) / 100},"bytesIn":${bytesIn},"bytesOut":${bytesOut}`;
  const head = `"level":"info","time":"${new Date().toISOString()}","app":"registry","requestId":"${requestId}"`;
  return `{${head},${what},${numbers}${who},"address":"${address}","msg":"request"}\n`;
}
