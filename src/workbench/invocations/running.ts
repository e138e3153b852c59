import { type Disposable, type Event, EventEmitter } from "vscode";

/** A function at a connection. */
export interface Place {
  connection: string;
  function: string;
}

/** An invocation that is under way. */
export interface Running extends Place {
  startedMs: number;
  /** Stops waiting for the answer. */
  cancel(): void;
}

/** The invocations under way in this window, with a tick each second while there are any. */
export class RunningInvocations implements Disposable {
  readonly #running = new Set<Running>();
  /** The newest start at each place, also of what has ended since. */
  readonly #lastStarts = new Map<string, number>();
  readonly #changed = new EventEmitter<Place>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** Fires when an invocation starts or ends, and each second between. */
  readonly onDidChange: Event<Place> = this.#changed.event;

  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Notes a start; `end` must be called with what is returned. */
  start(place: Place, cancel: () => void): Running {
    const running: Running = { ...place, cancel, startedMs: this.#now() };
    this.#running.add(running);
    this.#lastStarts.set(keyOf(place), running.startedMs);
    this.#timer ??= setInterval(() => this.#tick(), 1000);
    this.#changed.fire(running);
    return running;
  }

  /** Notes the end of an invocation. */
  end(running: Running): void {
    this.#running.delete(running);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#changed.fire(running);
  }

  /** For how long an invocation has been under way, in milliseconds. */
  sinceMs(running: Running): number {
    return this.#now() - running.startedMs;
  }

  /** How long ago a function was last started, in milliseconds, whether it still runs or not. */
  sinceStartMs(place: Place): number | undefined {
    const started = this.#lastStarts.get(keyOf(place));
    return started === undefined ? undefined : this.#now() - started;
  }

  /** The invocations of a function that are under way, the oldest first; of all functions where none is named. */
  of(place?: Place): Running[] {
    return [...this.#running].filter((each) => place === undefined || isAt(each, place));
  }

  /** For how long a function's oldest invocation has been under way, in milliseconds. */
  oldestMs(place: Place): number | undefined {
    const [oldest] = this.of(place);
    return oldest && this.sinceMs(oldest);
  }

  /** For how long its newest one has. */
  newestMs(place: Place): number | undefined {
    const newest = this.of(place).at(-1);
    return newest && this.sinceMs(newest);
  }

  dispose(): void {
    for (const running of this.#running) running.cancel();
    clearInterval(this.#timer);
    this.#changed.dispose();
  }

  #tick(): void {
    for (const running of this.#running) this.#changed.fire(running);
  }
}

function isAt(running: Running, place: Place): boolean {
  return keyOf(running) === keyOf(place);
}

/** Neither part of a place has a line break. */
function keyOf({ connection, function: name }: Place): string {
  return `${connection}\n${name}`;
}
