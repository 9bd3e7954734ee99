import { conflictOf } from "@layerport/database";

/** Thrown when something that was read before turned out to have changed. It never leaves this room. */
export class Raced extends Error {
  override readonly name = "Raced";

  constructor(what: string) {
    super(`${what} changed meanwhile`);
  }
}

const attempts = 8;

/**
 * Runs `work` again when another writer came first: by what `work` itself saw, or by a row that must be the only one.
 * The repetition finds what the other left, so `work` must decide anew from what it reads.
 */
export async function repeatWhenRaced<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt < attempts && (error instanceof Raced || conflictOf(error) === "duplicate")) continue;
      throw error;
    }
  }
}
