import { sharedLayerport } from "../stack.ts";
import { makePeople, sharePeople } from "./people.ts";

/** Finishes the set-up of the Layerport that all client tests share. It runs after the setup that starts it. */
export default async function setup(): Promise<void> {
  sharePeople(await makePeople(sharedLayerport()));
}
