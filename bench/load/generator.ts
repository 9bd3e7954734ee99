import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Job, Work } from "./job.ts";

type Message = { readonly work: Work } | { readonly error: string };

/** A load generator in a process of its own. It does one job at a time. */
export class Generator {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<Generator> {
    const child = fork(join(import.meta.dirname, "main.ts"), { serialization: "advanced" });
    await once(child, "message");
    return new Generator(child);
  }

  /** @throws when any answer was not what it should be */
  run(job: Job): Promise<Work> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error("the load generator ended in the middle of a job"));
      this.#child.once("exit", end);
      this.#child.once("message", (message: Message) => {
        this.#child.removeListener("exit", end);
        if ("work" in message) resolve(message.work);
        else reject(new Error(message.error));
      });
      this.#child.send(job);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, "exit");
  }
}
