import type { Database } from "./database.ts";

/** A statement that answers many keys at once. */
export interface LookupStatement<Key, Row, Answer> {
  /** Prepared under this name on each connection. */
  readonly name: string;
  /**
   * Takes one array per value of a key, `$1` first, and answers at most one row per key, with the key's place,
   * from 1 on, in a column `position` (`unnest(…) WITH ORDINALITY`).
   */
  readonly text: string;
  /** The keys as the statement's arrays. */
  readonly toValues: (keys: readonly Key[]) => readonly unknown[];
  readonly toAnswer: (row: Row) => Answer;
}

/** How many statements of one look-up may be under way; more keys wait and go together. */
const maximumUnderWay = 2;
const maximumKeys = 256;

/**
 * Answers look-ups with one statement for all that arrive in the same turn of the event loop, so that the cost of
 * each falls as load rises. Every look-up reads what was committed before it began. `undefined` stands for no row.
 */
export function batchedLookup<Key, Row extends { position: number }, Answer>(
  database: Database,
  statement: LookupStatement<Key, Row, Answer>,
): (key: Key) => Promise<Answer | undefined> {
  let waiting: Waiting<Key, Answer>[] = [];
  let isScheduled = false;
  let underWay = 0;

  const schedule = () => {
    if (isScheduled || underWay >= maximumUnderWay) return;
    isScheduled = true;
    atEndOfTurn(flush);
  };
  const flush = () => {
    isScheduled = false;
    const batch = waiting.length > maximumKeys ? waiting.splice(0, maximumKeys) : waiting;
    if (batch === waiting) waiting = [];
    if (batch.length === 0) return;
    underWay += 1;
    void answerAll(batch).finally(() => {
      underWay -= 1;
      if (waiting.length > 0) schedule();
    });
    if (waiting.length > 0) schedule();
  };
  const answerAll = async (batch: readonly Waiting<Key, Answer>[]): Promise<void> => {
    try {
      const values = statement.toValues(batch.map(({ key }) => key));
      const rows = await database.lookUp<Row>({ name: statement.name, text: statement.text, values });
      const answers = new Array<Answer | undefined>(batch.length);
      for (const row of rows) answers[row.position - 1] = statement.toAnswer(row);
      for (const [place, { resolve }] of batch.entries()) resolve(answers[place]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      schedule();
    });
}

let due: (() => void)[] = [];

/** Runs it after all sockets of this turn have been read, not after the first, and together with all others that wait
 * for that: what they then ask of the database goes there together too. */
function atEndOfTurn(flush: () => void): void {
  due.push(flush);
  if (due.length > 1) return;
  setImmediate(() => {
    const flushes = due;
    due = [];
    for (const one of flushes) one();
  });
}

interface Waiting<Key, Answer> {
  readonly key: Key;
  readonly resolve: (answer: Answer | undefined) => void;
  readonly reject: (error: unknown) => void;
}
