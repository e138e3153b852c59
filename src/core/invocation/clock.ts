/** Time and randomness, passed in so that tests can hold them still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** From 0 to 1. */
  random(): number;
  newId(): string;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `late` after so many milliseconds, unless the returned function is called first. */
  after(ms: number, late: () => void): () => void;
}
