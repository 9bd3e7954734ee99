/**
 * Loaded before a child's own code (`node --import`): ends the child when the process that started it is gone, so
 * that a killed Layerport leaves nothing behind that holds its ports.
 */
import { watchParent } from "./watch-parent.ts";

const parent = Number(process.env.LAYERPORT_PARENT_PID);
if (parent) {
  watchParent(parent, () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), 30_000).unref();
  });
}
