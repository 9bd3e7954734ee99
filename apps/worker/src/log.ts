import { redactTokens } from "@layerport/accounts";
import pino, { type DestinationStream, type Logger } from "pino";

const secretKeys = ["authorization", "cookie", "password", "secret", "token"];

/** JSON lines that keep no secret: by the name of the field, and by the form of our tokens wherever they stand. */
export function openLog(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { app: "worker" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secretKeys, ...secretKeys.map((key) => `*.${key}`)], censor: "[redacted]" },
      hooks: { streamWrite: redactTokens },
    },
    destination,
  );
}
