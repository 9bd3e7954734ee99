import path from "node:path";
import { StartError } from "./start-error.ts";

/** What Layerport on one machine is told from outside. */
export interface Environment {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** What browsers and clients call it, without a slash at the end. */
  readonly publicUrl: string;
  /** A Postgres of one's own; without it an embedded one runs. */
  readonly databaseUrl: string | undefined;
  readonly logLevel: string;
  /** The process to stop with, where one watches over this one. */
  readonly parentPid: number | undefined;
}

interface Variable {
  readonly name: string;
  readonly example: string;
  readonly meaning: string;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];

const variables: readonly Variable[] = [
  {
    name: "LAYERPORT_HOST",
    example: "127.0.0.1",
    meaning: "The address to listen on. 0.0.0.0 lets other machines in.",
  },
  { name: "LAYERPORT_PORT", example: "5000", meaning: "The one port for clients and browsers." },
  {
    name: "LAYERPORT_DATA_DIR",
    example: "./data",
    meaning: "Everything Layerport keeps: the database, the blobs, its secrets and logs.",
  },
  {
    name: "LAYERPORT_PUBLIC_URL",
    example: "http://localhost:5000",
    meaning: "What clients and browsers call it, where that differs from http://localhost:<port>.",
  },
  {
    name: "LAYERPORT_ALLOWED_HOSTS",
    example: "hub.internal:5000,10.0.0.7:5000",
    meaning: "More names under which it may be called, with their ports. Any other Host header is refused.",
  },
  {
    name: "LAYERPORT_DELETES",
    example: "on",
    meaning: "Whether tags, manifests and blobs can be deleted at all, by whomever: on or off.",
  },
  {
    name: "LAYERPORT_CONNECTIONS_PER_ADDRESS",
    example: "1000",
    meaning:
      "How many connections one address may have at once; 0 for any number, as behind a proxy that counts itself.",
  },
  {
    name: "LAYERPORT_SMTP_URL",
    example: "smtp://user:password@mail.example:587",
    meaning: "The mail server for invitations and new passwords. Without it, whoever makes a link hands it over.",
  },
  {
    name: "LAYERPORT_MAIL_FROM",
    example: "Layerport <layerport@example.org>",
    meaning: "From whom its mails come.",
  },
  {
    name: "DATABASE_URL",
    example: "postgresql://layerport:password@db.example:5432/layerport",
    meaning: "A Postgres of your own. Without it, Layerport runs one in the data folder.",
  },
  { name: "LOG_LEVEL", example: "info", meaning: `How much is logged: ${LOG_LEVELS.join(", ")}.` },
];

/** Reads the environment; relative folders count from `root`. Throws a `StartError` that names the variable. */
export function readEnvironment(source: NodeJS.ProcessEnv, root: string): Environment {
  const port = readPort(source.LAYERPORT_PORT || "5000");
  return {
    host: source.LAYERPORT_HOST || "127.0.0.1",
    port,
    dataDirectory: path.resolve(root, source.LAYERPORT_DATA_DIR || "data"),
    publicUrl: readPublicUrl(source.LAYERPORT_PUBLIC_URL || `http://localhost:${port}`),
    databaseUrl: source.DATABASE_URL ? readDatabaseUrl(source.DATABASE_URL) : undefined,
    logLevel: readLogLevel(source.LOG_LEVEL || "info"),
    parentPid: source.LAYERPORT_PARENT_PID ? Number(source.LAYERPORT_PARENT_PID) : undefined,
  };
}

/** The text of `.env.example`: every variable with its default, each switched off. */
export function formatEnvironmentExample(): string {
  const entries = variables.map(({ name, example, meaning }) => `# ${meaning}\n#${name}=${example}\n`);
  return `# Copy to .env and change what you need. What the shell sets wins.\n\n${entries.join("\n")}`;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new StartError(`LAYERPORT_PORT must be a number from 1 to 65535, not "${text}"`);
  }
  return port;
}

function readPublicUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new StartError(`LAYERPORT_PUBLIC_URL must begin with http:// or https://, not "${text}"`);
  }
  if (url.pathname !== "/" || url.search || url.hash || url.username) {
    throw new StartError(`LAYERPORT_PUBLIC_URL must be a scheme, a host and a port only, as in http://localhost:5000`);
  }
  return url.origin;
}

function readDatabaseUrl(text: string): string {
  // The text may hold a password, so the message does not repeat it.
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !url.hostname || url.pathname.length < 2) {
    throw new StartError("DATABASE_URL must read postgresql://user:password@host:port/database");
  }
  return text;
}

function readLogLevel(text: string): string {
  if (!LOG_LEVELS.includes(text)) throw new StartError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}`);
  return text;
}
