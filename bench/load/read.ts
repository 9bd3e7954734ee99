import type { ReadJob, WalkJob, Work } from "./job.ts";
import { mustBe, withConnections } from "./timing.ts";

/** Sends the job's requests in turn on each connection until the time is over. */
export function read(job: ReadJob): Promise<Work> {
  let next = 0;
  return withConnections(job.address, job.connections, async (connection, timing) => {
    const heads = job.targets.map((target) => connection.prepare(job.method, target, job.headers));
    const isHead = job.method === "HEAD";
    const endsAt = performance.now() + job.forMs;
    for (let begunAt = performance.now(); begunAt < endsAt; begunAt = performance.now()) {
      if (job.most !== undefined && next >= job.most) break;
      const head = heads[next++ % heads.length] ?? "";
      const answer = await connection.write(head, isHead);
      mustBe(job.status ?? 200, answer);
      if (job.bodyBytes !== undefined && !isHead && answer.bodyBytes !== job.bodyBytes) {
        throw new Error(`a body of ${answer.bodyBytes} bytes instead of ${job.bodyBytes}`);
      }
      timing.note(begunAt, answer.bodyBytes);
    }
  });
}

/** Follows a list from its first page to its last. */
export function walk(job: WalkJob): Promise<Work> {
  return withConnections(job.address, job.connections, async (connection, timing) => {
    for (let time = 0; time < job.times; time += 1) {
      const begunAt = performance.now();
      let bytes = 0;
      for (let target: string | undefined = job.target; target !== undefined; ) {
        const answer = await connection.send("GET", target, job.headers);
        mustBe(200, answer);
        bytes += answer.bodyBytes;
        target = /\r\nlink: *<(?:https?:\/\/[^/]+)?([^>]+)>/i.exec(answer.head)?.[1];
      }
      timing.note(begunAt, bytes);
    }
  });
}
