import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.url(),
  LAYERPORT_PUBLIC_URL: z.url(),
  LAYERPORT_SECRETS_DIR: z.string().min(1),
  LAYERPORT_STORAGE_DIR: z.string().min(1),
  LAYERPORT_DELETES: z.enum(["on", "off"]).default("on"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

/** What the portal is told from outside. */
export interface Environment {
  readonly databaseUrl: string;
  /** The one address of this Layerport, without a slash at its end. */
  readonly publicUrl: string;
  readonly secretsDirectory: string;
  readonly storageDirectory: string;
  /** Whether anything can be deleted, by whomever. */
  readonly allowsDeletes: boolean;
  readonly logLevel: string;
}

/** Reads the environment when the first page needs it, since a build has none. Throws one line that names what is wrong. */
export function readEnvironment(values: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new Error(`the portal cannot start: missing or malformed ${names}`);
  }
  return {
    databaseUrl: parsed.data.DATABASE_URL,
    publicUrl: parsed.data.LAYERPORT_PUBLIC_URL.replace(/\/+$/, ""),
    secretsDirectory: parsed.data.LAYERPORT_SECRETS_DIR,
    storageDirectory: parsed.data.LAYERPORT_STORAGE_DIR,
    allowsDeletes: parsed.data.LAYERPORT_DELETES === "on",
    logLevel: parsed.data.LOG_LEVEL,
  };
}
