import type { RuntimeEvent } from "./runtimeMessages.ts";

/** Why an answer is not taken, by AWS's names: it is not for the event that is under way, or that one has its answer. */
export type Refusal = "InvalidRequestID" | "InvalidStateTransition";

/** One event waiting for a `next`, or one `next` waiting for an event; and the one event that is to be answered. */
export class Mailbox {
  #event: RuntimeEvent | undefined;
  #take: ((event: RuntimeEvent) => void) | undefined;
  #current: RuntimeEvent | undefined;
  #answered = false;

  /** Who takes the streamed response to the event that is under way. */
  get onChunk(): RuntimeEvent["onChunk"] {
    return this.#current?.onChunk;
  }

  /** Gives an event to who asks for one, now or later. */
  deliver(event: RuntimeEvent): void {
    this.#event = event;
    this.#meet();
  }

  /** Asks for an event; it is given to who asked last. */
  ask(take: (event: RuntimeEvent) => void): void {
    this.#take = take;
    this.#meet();
  }

  /** Takes note of an answer; gives why it is refused, where it is. An event has one answer. */
  answer(requestId: string): Refusal | undefined {
    if (requestId !== this.#current?.headers["lambda-runtime-aws-request-id"]) return "InvalidRequestID";
    if (this.#answered) return "InvalidStateTransition";
    this.#answered = true;
    return undefined;
  }

  #meet(): void {
    const [event, take] = [this.#event, this.#take];
    if (!event || !take) return;
    this.#event = undefined;
    this.#take = undefined;
    this.#current = event;
    this.#answered = false;
    take(event);
  }
}
