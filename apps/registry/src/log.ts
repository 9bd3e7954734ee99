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

/** Where lines go, and how to see to it that they are there before the process ends. */
export interface Log {
  readonly logger: Logger;
  flush(): void;
}

/** JSON lines on standard output, written in batches so that a request does not wait for them. */
export function openLog(level: string): Log {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 8192, periodicFlush: 250 });
  return {
    logger: makeLogger(level, destination),
    flush: () => destination.flushSync(),
  };
}

/** A logger that redacts by key and by pattern. */
export function makeLogger(level: string, destination: DestinationStream): Logger {
  return pino(
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
}
