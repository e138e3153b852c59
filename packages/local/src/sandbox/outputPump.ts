import type { Readable } from "node:stream";
import { setImmediate as immediate, setTimeout as timeout } from "node:timers/promises";
import { polled } from "./polled.ts";
import type { OutputReader } from "./telemetry.ts";

/** The part of the time that the output of one process may take. */
const SHARE = 0.2;
/** What it may take at once after a pause, in ms: that is several megabytes. */
const BURST_MS = 50;
/** How long others wait at most until it's their turn, in ms. */
const TURN_MS = 1;
/** How much is read between two looks at the clock: a few thousand lines at most. */
const SLICE_BYTES = 4096;
/** Reading a chunk takes about so long before the first of its bytes is looked at, in ms. */
const CHUNK_MS = 0.2;
/** More than pipes hold. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Bounds the time that reading the output of one process takes, however much it writes: the process waits, and others don't. */
export class Pace {
  #credit = BURST_MS;
  #refilledAt = performance.now();
  #turnMs = 0;

  /** Says that reading took so long. Returns what must be waited for, if anything. */
  spend(ms: number): Promise<void> | undefined {
    const now = performance.now();
    this.#credit = Math.min(BURST_MS, this.#credit + (now - this.#refilledAt) * SHARE) - ms;
    this.#refilledAt = now;
    this.#turnMs += ms;
    if (this.#credit >= 0 && this.#turnMs < TURN_MS) return undefined;
    this.#turnMs = 0;
    return this.#credit < 0 ? timeout(Math.ceil(-this.#credit / SHARE)) : immediate();
  }
}

/** Reads a stream of output at its pace. */
export class OutputPump {
  readonly #stream: Readable;
  readonly #reader: OutputReader;
  readonly #pace: Pace;
  #bytes = 0;
  #pause: Promise<void> | undefined;

  constructor(stream: Readable, reader: OutputReader, pace: Pace) {
    this.#stream = stream;
    this.#reader = reader;
    this.#pace = pace;
    // A stream that fails has ended.
    stream.on("readable", () => void this.#pump()).on("error", () => {});
  }

  /** Resolves when what the process had written before the call has been read. */
  async caughtUp(): Promise<void> {
    const limit = this.#bytes + MAX_WAITING_BYTES;
    for (let seen = -1; seen !== this.#bytes && this.#bytes < limit;) {
      seen = this.#bytes;
      await polled();
      while (this.#pause && this.#bytes < limit) await this.#pause;
    }
  }

  async #pump(): Promise<void> {
    if (this.#pause) return;
    for (let chunk = this.#next(); chunk !== null; chunk = this.#next()) {
      let startedAt = performance.now() - CHUNK_MS;
      for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES);
        this.#reader.write(slice);
        this.#bytes += slice.length;
        this.#pause = this.#pace.spend(performance.now() - startedAt);
        if (this.#pause) await this.#pause;
        this.#pause = undefined;
        startedAt = performance.now();
      }
    }
  }

  #next(): Buffer | null {
    return this.#stream.read() as Buffer | null;
  }
}
