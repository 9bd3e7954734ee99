import { RegistryError } from "@layerport/registry-core";
import type { Gatehouse, Principal } from "../authenticate.ts";
import { apiVersion, jsonReply, type Reply } from "../reply.ts";

/** end-1: says that the API is here, to those who have signed in, and to all others how to. @throws UNAUTHORIZED */
export async function getBase(gatehouse: Pick<Gatehouse, "requireStanding">, principal: Principal): Promise<Reply> {
  if (principal.isAnonymous) throw new RegistryError("UNAUTHORIZED");
  await gatehouse.requireStanding(principal.identity);
  return jsonReply(200, {}, apiVersion);
}
