import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { whyNoTrace } from "../kill-points/strace.ts";
import { Random } from "../random.ts";
import type { ScenarioContext, ScenarioReport } from "../scenario.ts";
import { onGround } from "./on-ground.ts";
import { type Failed, VolumeUser, ways } from "./volume-user.ts";

const syncCalls = ["fsync", "fdatasync"] as const;
const faultMs = 3_000;

/** F33: the disk refuses to sync. */
export const syncFails = onGround(
  {
    name: "sync-fails",
    description:
      "EIO on a sync: nothing is acknowledged or left, no sync is tried twice, the volume is bad until cleared",
    weight: 1,
    isDurable: false,
    unavailable: whyNoTrace,
  },
  async (ground, context) => {
    const volume = join(ground.folder, "volume");
    const user = new VolumeUser(ground, volume, new Random(context.seed));
    try {
      return await failSyncs(context, user, volume);
    } finally {
      await user.close();
    }
  },
);

async function failSyncs(context: ScenarioContext, user: VolumeUser, volume: string): Promise<ScenarioReport> {
  await user.start();
  await user.keepImage();
  let failed = 0;
  for (const fault of drawFaults(context)) {
    if (!context.hasTimeFor(faultMs)) break;
    if (await failOneSync(user, volume, fault)) failed += 1;
  }
  return { checked: user.checked, counts: { "syncs failed": failed }, violations: user.violations };
}

interface Fault {
  readonly way: (typeof ways)[number];
  readonly call: (typeof syncCalls)[number];
  readonly nth: number;
}

/** The syncs of a file and of its folders, up to the last that a blob needs, in an order that is drawn. */
function drawFaults({ seed, pass }: ScenarioContext): readonly Fault[] {
  const random = new Random(seed, "faults");
  if (pass === "short") {
    const [way] = ways;
    return way ? [{ way, call: "fsync", nth: 1 + random.below(2) }] : [];
  }
  return random.shuffle(
    ways.flatMap((way) => syncCalls.flatMap((call) => [1, 2, 3, 4].map((nth): Fault => ({ way, call, nth })))),
  );
}

/** Answers whether it came to that sync. */
async function failOneSync(user: VolumeUser, volume: string, { way, call, nth }: Fault): Promise<boolean> {
  const marker = join(volume, "VOLUME-BAD");
  const when = `${way.name}, EIO at ${call} ${nth}`;
  const published = user.published();
  const staged = user.staged();
  const blob = user.newBlob();
  const send = await way.prepare(user.person, blob);
  const failed = await user.sendWhile({ calls: [call], error: "EIO", nth }, send);
  if (!failed.isInjected) return false;
  user.expect(when, failed.answer, 503);
  const added = user.published().filter((file) => !published.includes(file));
  if (added.length > 0) user.note("I7", `${when}: ${added.join(", ")} is there`);
  const again = syncedAgain(failed);
  if (again !== undefined) user.note("I1", `${when}: ${again} was synced again (R2)`);
  if (!existsSync(marker)) user.note("I1", `${when}: the volume is not marked (R2)`);
  if (!(await isSaid(user))) user.note("I1", `${when}: nobody was told in the log`);

  const refused = user.newBlob();
  user.expect(`${when}: a push to a bad volume`, await user.person.pushBlob(refused), 503);
  await user.expectReadiness(when, 503);
  await user.expectReadsAndDeletes();
  await user.judgeVolume(when);
  // A restart does not make it better.
  await user.start();
  user.expect(`${when}: a push after a restart`, await user.person.pushBlob(refused), 503);
  rmSync(marker, { force: true });
  await user.expectPush(blob);
  await user.expectReadiness(`${when}, once it is cleared`, 200);
  // An upload in several requests may go on, and so may its bytes.
  const left = user.staged().filter((id) => !staged.includes(id));
  if (way.name === "one request" && left.length > 0) user.note("I6", `${when}: ${left.join(", ")} is left`);
  return true;
}

/** Whether the log says what an operator must know; it is written a moment later. */
async function isSaid(user: VolumeUser): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (user.output.includes("marked bad")) return true;
    await delay(50);
  }
  return false;
}

/** The path that was synced after the sync that failed, if it was the same. */
function syncedAgain({ log }: Failed): string | undefined {
  const paths = log.map((line) => /sync\(\d+<([^>]*)>/.exec(line)?.[1]);
  const at = log.findIndex((line) => line.includes("(INJECTED)"));
  return paths.slice(at + 1).find((path) => path !== undefined && path === paths[at]);
}
