/** A kind of work that is done on a schedule, in every installation, without being asked for. */
export interface ScheduledWork {
  /** Its name in the queue, the log and the metrics. */
  readonly name: string;
  /** When, as a crontab line says it, in UTC. */
  readonly schedule: string;
  /** Does it once and answers how many things it removed. Doing it twice, or on two workers at once, does no harm. */
  run(): Promise<number>;
}
