import type { RuntimeEvent } from "../runtime/shared/runtimeMessages.ts";

/** Why an answer is refused, as AWS names it: it's for another event, or the event has been answered. */
export type Refusal = "InvalidRequestID" | "InvalidStateTransition";

/** Hands events to a runtime client one at a time, and accepts one answer for each. */
export class Mailbox {
  #event: RuntimeEvent | undefined;
  #take: ((event: RuntimeEvent) => void) | undefined;
  #current: RuntimeEvent | undefined;
  #answered = false;

  /** Receives the streamed response to the current event. */
  get onChunk(): RuntimeEvent["onChunk"] {
    return this.#current?.onChunk;
  }

  /** Passes an event to the current or next request for one. */
  deliver(event: RuntimeEvent): void {
    this.#event = event;
    this.#match();
  }

  /** Requests an event. A later request replaces this one. */
  ask(take: (event: RuntimeEvent) => void): void {
    this.#take = take;
    this.#match();
  }

  /** Records the answer to the current event; returns why it's refused, or undefined. */
  answer(requestId: string): Refusal | undefined {
    if (requestId !== this.#current?.headers["lambda-runtime-aws-request-id"]) return "InvalidRequestID";
    if (this.#answered) return "InvalidStateTransition";
    this.#answered = true;
    return undefined;
  }

  #match(): void {
    const [event, take] = [this.#event, this.#take];
    if (!event || !take) return;
    this.#event = undefined;
    this.#take = undefined;
    this.#current = event;
    this.#answered = false;
    take(event);
  }
}
