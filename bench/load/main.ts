import { flood, idle } from "./hold.ts";
import type { Job, Work } from "./job.ts";
import { mount, pushImages, pushTags, upload } from "./push.ts";
import { read, walk } from "./read.ts";

// A process of its own, so that what it costs is not counted with whoever asks, nor slowed down by it.

function run(job: Job): Promise<Work> {
  switch (job.kind) {
    case "read":
      return read(job);
    case "walk":
      return walk(job);
    case "upload":
      return upload(job);
    case "image":
      return pushImages(job);
    case "tag":
      return pushTags(job);
    case "mount":
      return mount(job);
    case "idle":
      return idle(job);
    case "flood":
      return flood(job);
  }
}

process.on("message", (job: Job) => {
  run(job).then(
    (work) => process.send?.({ work }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
