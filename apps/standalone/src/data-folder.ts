import fs from "node:fs";
import path from "node:path";
import { errorCode, errorText, StartError } from "./start-error.ts";

const MEBIBYTE = 1024 * 1024;
/** A new database takes about 80 MB; an old folder must still open when it is nearly full, to be cleaned up. */
const NEW_FOLDER_NEEDS = 256 * MEBIBYTE;
const OLD_FOLDER_NEEDS = 32 * MEBIBYTE;

/** Where everything lies in the data folder. */
export interface DataFolder {
  readonly directory: string;
  readonly postgres: string;
  readonly secrets: string;
  readonly blobs: string;
  readonly logs: string;
  /** Which processes run on this folder. */
  readonly processes: string;
  /** The embedded Postgres's port. */
  readonly postgresPort: string;
}

/** Makes the folder where it is missing. Throws a `StartError` when it cannot be written or has too little space. */
export function openDataFolder(directory: string): DataFolder {
  const folder: DataFolder = {
    directory,
    postgres: path.join(directory, "postgres"),
    secrets: path.join(directory, "secrets"),
    blobs: path.join(directory, "blobs"),
    logs: path.join(directory, "logs"),
    processes: path.join(directory, "processes.json"),
    postgresPort: path.join(directory, "postgres.port"),
  };
  try {
    // Open to others, because Postgres runs as another user when Layerport runs as root. What is inside is not.
    fs.mkdirSync(directory, { recursive: true });
    requireSpace(directory, fs.existsSync(folder.secrets) ? OLD_FOLDER_NEEDS : NEW_FOLDER_NEEDS);
    const probe = path.join(directory, `.probe-${process.pid}`);
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
    for (const inner of [folder.secrets, folder.blobs, folder.logs]) makePrivate(inner);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(explain(directory, error), { cause: error });
  }
  return folder;
}

function makePrivate(directory: string): void {
  if (!fs.existsSync(directory)) fs.mkdirSync(directory, { mode: 0o700 });
}

function requireSpace(directory: string, needed: number): void {
  const { bavail, bsize } = fs.statfsSync(directory);
  const free = bavail * bsize;
  if (free >= needed) return;
  const inMegabytes = (bytes: number) => `${Math.floor(bytes / MEBIBYTE)} MB`;
  throw new StartError(
    `the data folder ${directory} has ${inMegabytes(free)} free and needs ${inMegabytes(needed)}; make room or set LAYERPORT_DATA_DIR`,
  );
}

function explain(directory: string, error: unknown): string {
  switch (errorCode(error)) {
    case "EROFS":
      return `the data folder ${directory} is on a read-only file system; set LAYERPORT_DATA_DIR to another place`;
    case "EACCES":
    case "EPERM":
      return `this user may not write the data folder ${directory}; give it the right or set LAYERPORT_DATA_DIR`;
    case "ENOTDIR":
    case "EEXIST":
      return `the data folder ${directory} is not a folder; set LAYERPORT_DATA_DIR to another place`;
    case "ENOSPC":
      return `the data folder ${directory} has no space left; make room or set LAYERPORT_DATA_DIR`;
    default:
      return `the data folder ${directory} cannot be used: ${errorText(error)}`;
  }
}
