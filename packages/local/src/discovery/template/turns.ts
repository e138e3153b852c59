import { nextTurn } from "../workspace/nextTurn.ts";

/**
 * Lets one work at a time, and begins each in a turn of the event loop of its own. What makes pauses while it works is so
 * never followed by another's piece of work in the same turn.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => nextTurn()).then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
