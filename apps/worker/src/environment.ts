import { z } from "zod";

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/ }),
  LAYERPORT_PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  LAYERPORT_SECRETS_DIR: z.string().min(1),
  LAYERPORT_STORAGE_DIR: z.string().min(1),
  LAYERPORT_WORKER_PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().max(65_535)),
  LOG_LEVEL: z.enum(logLevels).default("info"),
});

/** What the process is told from outside. */
export interface Environment {
  readonly databaseUrl: string;
  /** The one address of this Layerport, without a slash at its end. */
  readonly publicUrl: string;
  readonly secretsDirectory: string;
  readonly storageDirectory: string;
  /** On the loopback address; 0 for any that is free. */
  readonly port: number;
  readonly logLevel: string;
}

/** What is wrong with the environment, in one line. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** Reads the environment. @throws EnvironmentError, which names the variables and not their values */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = schema.safeParse(source);
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => path.join(".")))].join(", ");
    throw new EnvironmentError(`the worker cannot start: missing or malformed ${names}`);
  }
  return {
    databaseUrl: parsed.data.DATABASE_URL,
    publicUrl: new URL(parsed.data.LAYERPORT_PUBLIC_URL).origin,
    secretsDirectory: parsed.data.LAYERPORT_SECRETS_DIR,
    storageDirectory: parsed.data.LAYERPORT_STORAGE_DIR,
    port: parsed.data.LAYERPORT_WORKER_PORT,
    logLevel: parsed.data.LOG_LEVEL,
  };
}
