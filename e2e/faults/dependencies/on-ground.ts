import { type Ground, openGround } from "../ground.ts";
import type { Scenario, ScenarioContext, ScenarioReport } from "../scenario.ts";

/** A scenario that is run on a ground, and leaves no registry running there. */
export interface GroundScenario extends Scenario {
  runOn(ground: Ground, context: ScenarioContext): Promise<ScenarioReport>;
}

/** Makes a scenario that opens a ground of its own, unless it is run on one that is there. */
export function onGround(
  { isDurable, ...about }: Omit<Scenario, "run"> & { readonly isDurable: boolean },
  runOn: GroundScenario["runOn"],
): GroundScenario {
  return {
    ...about,
    runOn,
    async run(context) {
      const ground = await openGround({ isDurable });
      try {
        return await runOn(ground, context);
      } finally {
        await ground.close();
      }
    },
  };
}
