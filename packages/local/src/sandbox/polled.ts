import { setImmediate } from "node:timers/promises";

/** Resolves after a poll phase of the event loop: what was in pipes and sockets has been read. */
export async function polled(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** Resolves when connections that were made have been accepted, and after that what was sent over them has been read. */
export async function received(): Promise<void> {
  await polled();
  await polled();
}
