import { nextTurn } from "./nextTurn.ts";

/** How long items are worked on without a break, in ms. */
const PIECE_MS = 5;

/** The items, with other pending work in between, because an invocation shouldn't wait for hundreds of them. */
export async function* inPieces<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  let started = performance.now();
  for (const item of items) {
    if (performance.now() - started > PIECE_MS) {
      await nextTurn();
      started = performance.now();
    }
    yield item;
  }
}
