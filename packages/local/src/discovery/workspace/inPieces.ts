import { setImmediate } from "node:timers/promises";

/** Looking at the files of so many functions takes some milliseconds. */
const ITEMS_PER_PIECE = 50;

/** The items, with other pending work in between, because an invocation shouldn't wait for hundreds of them. */
export async function* inPieces<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const [index, item] of items.entries()) {
    if (index % ITEMS_PER_PIECE === ITEMS_PER_PIECE - 1) await setImmediate();
    yield item;
  }
}
