import type { RuntimeEvent } from "./runtimeMessages.ts";

/** One event waiting for a `next`, or one `next` waiting for an event. */
export class Mailbox {
  #event: RuntimeEvent | undefined;
  #take: ((event: RuntimeEvent) => void) | undefined;
  #onChunk: RuntimeEvent["onChunk"];

  /** Who takes the streamed response to the last event delivered. */
  get onChunk(): RuntimeEvent["onChunk"] {
    return this.#onChunk;
  }

  /** Gives an event to who asks for one, now or later. */
  deliver(event: RuntimeEvent): void {
    this.#event = event;
    this.#onChunk = event.onChunk;
    this.#meet();
  }

  /** Asks for an event; it is given to who asked last. */
  ask(take: (event: RuntimeEvent) => void): void {
    this.#take = take;
    this.#meet();
  }

  #meet(): void {
    const [event, take] = [this.#event, this.#take];
    if (!event || !take) return;
    this.#event = undefined;
    this.#take = undefined;
    take(event);
  }
}
