import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, Connection } from "../load/connection.ts";

/** Resolves when the registry answers `/v2/`, with whatever status. @throws when its process ends first */
export async function untilAnswering(address: Address, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await isAnswering(address)) return;
    await delay(5);
  }
  throw new Error("the registry ended before it answered");
}

async function isAnswering(address: Address): Promise<boolean> {
  const connection = await Connection.open(address).catch(() => undefined);
  if (connection === undefined) return false;
  const answer = await connection.send("GET", "/v2/", []).catch(() => undefined);
  connection.close();
  return answer !== undefined;
}
