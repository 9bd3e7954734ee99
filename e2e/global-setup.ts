import { shareLayerport, startLayerport } from "./stack.ts";

/** Starts the Layerport that a run's tests share. vitest and Playwright both call it, and what it answers at the end. */
export default async function setup(): Promise<() => Promise<void>> {
  const stack = await startLayerport();
  shareLayerport(stack);
  return () => stack.stop();
}
