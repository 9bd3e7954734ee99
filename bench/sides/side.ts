import type { Address } from "../load/connection.ts";
import type { ProcessTree } from "./process-tree.ts";

/** One registry of a comparison. */
export interface Side {
  readonly name: string;
  readonly address: Address;
  /** The header lines with which its repositories may be used; `scopes` as in the Docker token protocol. */
  headersFor(scopes: readonly string[]): Promise<readonly string[]>;
  /** Header lines of somebody who is signed in and has no right to any of it, where there is such a person. */
  readonly strangerHeaders?: () => Promise<readonly string[]>;
  /** All its processes, where they run on this machine and are known. */
  readonly processes?: ProcessTree;
  /** Those that serve pulls and pushes, without pages, background work and database. */
  readonly dataPlane?: ProcessTree;
  /** How long it takes to come up, in milliseconds, for each thing that can be started; nothing is left running. */
  readonly starts: Readonly<Record<string, () => Promise<number>>>;
  stop(): Promise<void>;
}

/** What may be done in a repository. */
export function pullAndPush(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** The address of `http://host:port`. @throws for anything else, since the generator speaks plain HTTP */
export function parseAddress(text: string): Address {
  const url = new URL(text);
  if (url.protocol !== "http:" || url.pathname !== "/") throw new Error(`a peer is http://host:port, not ${text}`);
  return { host: url.hostname, port: Number(url.port || 80) };
}
