import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.url(),
  LAYERPORT_PUBLIC_URL: z.url(),
  LAYERPORT_SECRETS_DIR: z.string().min(1),
  LAYERPORT_STORAGE_DIR: z.string().min(1),
  LAYERPORT_DELETES: z.enum(["on", "off"]).default("on"),
  LAYERPORT_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  LAYERPORT_MAIL_FROM: z.string().min(3).optional(),
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
  /** Where mails go and from whom they come; without a URL links are handed over by hand. */
  readonly mail: { readonly url: string | undefined; readonly from: string | undefined };
  readonly logLevel: string;
}

/** Reads the environment when the first page needs it, since a build has none. Throws one line that names what is wrong. */
export function readEnvironment(values: Readonly<Record<string, string | undefined>> = process.env): Environment {
  // An example that is copied with its value taken out means the same as one that is not there.
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(set);
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
    mail: { url: parsed.data.LAYERPORT_SMTP_URL, from: parsed.data.LAYERPORT_MAIL_FROM },
    logLevel: parsed.data.LOG_LEVEL,
  };
}
