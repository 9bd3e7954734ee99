import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyNoTrace } from "../kill-points/strace.ts";
import { Random } from "../random.ts";
import type { ScenarioContext, ScenarioReport } from "../scenario.ts";
import { onGround } from "./on-ground.ts";
import { fileBytes, VolumeUser, ways } from "./volume-user.ts";

/** What is deleted here stays on the volume until it is swept, so a long pass needs more. */
const volumeBytes = { short: 32 * 1024 * 1024, long: 256 * 1024 * 1024 } as const;
/** The calls by which bytes and folders come to a disk. Sockets and logs are written by others. */
const writeCalls = ["pwrite64", "pwritev", "mkdir", "rename", "fsync", "fdatasync"] as const;
const injectionMs = 2_000;

/** F30, F31: the volume of the blobs is full, and says so at any of the calls that write to it. */
export const diskFull = onGround(
  {
    name: "disk-full",
    description: "no space for blobs: pushes are refused with 507, pulls and deletes work, and freed space is enough",
    weight: 1,
    isDurable: false,
    unavailable: async () => whyNoMount() ?? (await whyNoTrace()),
  },
  async (ground, context) => {
    const volume = mkdtempSync(join(tmpdir(), "layerport-volume-"));
    mount(volume, volumeBytes[context.pass]);
    const user = new VolumeUser(ground, volume, new Random(context.seed));
    try {
      return await fillVolume(context, user, volume);
    } finally {
      // First the registry, which has files of the volume open.
      await user.close();
      execFileSync("umount", [volume]);
      rmSync(volume, { recursive: true });
    }
  },
);

async function fillVolume(context: ScenarioContext, user: VolumeUser, volume: string): Promise<ScenarioReport> {
  await user.start();
  await user.keepImage();
  await expectRefusals(user, volume);
  let injected = 0;
  for (const fault of drawFaults(context)) {
    if (!context.hasTimeFor(injectionMs)) break;
    if (await failOneCall(user, fault)) injected += 1;
  }
  return { checked: user.checked, counts: { "calls failed": injected }, violations: user.violations };
}

/** F30: really full. */
async function expectRefusals(user: VolumeUser, volume: string): Promise<void> {
  const { person } = user;
  const blob = user.newBlob();
  const place = await person.startUpload();
  const first = blob.content.subarray(0, 300_000);
  user.expect("a first chunk", await person.send("PATCH", place, { body: first }), 202);
  const ballast = join(volume, "ballast");
  fill(ballast);
  const rest = { body: blob.content.subarray(first.byteLength) };
  for (const way of ways) {
    const send = await way
      .prepare(person, user.newBlob(way.name === "a last chunk" ? 150_000 : fileBytes))
      .catch(() => undefined);
    if (send) user.expect(`a push by ${way.name} to a full volume`, await send(), 507);
  }
  user.expect("a next chunk on a full volume", await person.send("PATCH", place, rest), 507);
  user.expect("an end on a full volume", await person.send("PUT", `${place}?digest=${blob.digest}`, rest), 507);
  const status = await person.send("GET", place);
  user.expect("an upload on a full volume", status, 204, status.headers.range === `0-${first.byteLength - 1}`);
  await user.expectReadsAndDeletes();
  await user.expectReadiness("a full volume", 503);
  await user.judgeVolume("on a full volume");
  rmSync(ballast);
  user.expect("the end once there is space", await person.send("PUT", `${place}?digest=${blob.digest}`, rest), 201);
  const pulled = await person.send("GET", `blobs/${blob.digest}`);
  user.expect("a pull of it", pulled, 200, pulled.body.equals(blob.content));
  await user.expectPush();
  await user.expectReadiness("a volume with space", 200);
  await user.judgeVolume("once there is space");
}

interface Fault {
  readonly way: (typeof ways)[number];
  readonly call: (typeof writeCalls)[number];
  readonly nth: number;
}

/** Every call of every way while there is time, in an order that is drawn. */
function drawFaults({ seed, pass }: ScenarioContext): readonly Fault[] {
  const all = ways.flatMap((way) =>
    writeCalls.flatMap((call) => [1, 2, 3, 4].map((nth): Fault => ({ way, call, nth }))),
  );
  const drawn = new Random(seed, "faults").shuffle(all);
  return pass === "short" ? drawn.slice(0, 3) : drawn;
}

/** F31: one call says that there is no space. Answers whether it came to that call. */
async function failOneCall(user: VolumeUser, { way, call, nth }: Fault): Promise<boolean> {
  const before = user.published();
  const blob = user.newBlob();
  const send = await way.prepare(user.person, blob);
  const { answer, isInjected } = await user.sendWhile({ calls: [call], error: "ENOSPC", nth }, send);
  const when = `${way.name}, ENOSPC at ${call} ${nth}`;
  if (!isInjected) return false;
  user.expect(when, answer, 507);
  const added = user.published().filter((file) => !before.includes(file));
  if (added.length > 0) user.note("I7", `${when}: refused, and ${added.join(", ")} is there`);
  await user.judgeVolume(when);
  await user.expectPush(blob);
  return true;
}

function fill(file: string): void {
  const opened = openSync(file, "w");
  try {
    for (const size of [1024 * 1024, 64 * 1024, 4096]) {
      while (writes(opened, size));
    }
  } finally {
    closeSync(opened);
  }
}

function writes(opened: number, size: number): boolean {
  try {
    return writeSync(opened, Buffer.alloc(size)) === size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") return false;
    throw error;
  }
}

function mount(folder: string, bytes: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "layerport-faults", folder], { stdio: "pipe" });
}

/** Why this machine lets nobody mount a filesystem, in one line. */
function whyNoMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "layerport-volume-"));
  try {
    mount(folder, 1_000_000);
    execFileSync("umount", [folder]);
    return undefined;
  } catch (error) {
    return `a filesystem cannot be mounted: ${String(error).split("\n")[0]}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
