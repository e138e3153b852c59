import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/discovery/catalog/catalog.ts";
import type { LocalFunction } from "../../src/model/localFunction.ts";
import { createEventQueue } from "../../src/events/backend.ts";
import type { QueuedEvent } from "../../src/events/event.ts";
import type { EventQueue } from "../../src/events/queue.ts";
import { LogStore } from "../../src/logs/store.ts";
import { broke, type Invocation, type Outcome } from "../../src/model/outcome.ts";

/** A run of a function, as the queue asks for it. */
export interface Run {
  functionName: string;
  invocation: Invocation;
}

/** A queue whose functions are played by the test. */
export interface QueueHost extends AsyncDisposable {
  queue: EventQueue;
  folder: string;
  logs: LogStore;
  runs: Run[];
  notes: string[];
  /** The functions by name; a test may add and take away. */
  declared: Map<string, Entry>;
  /** ms since 1970; a test may move it. */
  clock: { now: number };
  /** Resolves when the test holds, which is asked after every run and every note. */
  until(test: () => boolean): Promise<void>;
  /** As if the process had ended. */
  stop(): void;
}

/** How a test's function answers its n-th run, from 1; it may throw an `ApiError`. */
export type Play = (run: Run, n: number) => Outcome;

/** What a function returns. */
export function returned(value: unknown): Outcome {
  return { kind: "returned", payload: Buffer.from(JSON.stringify(value)) };
}

/** What comes of a function that fails. */
export function failed(message: string): Outcome {
  return broke("error", "Runtime.ExitError", "id", message);
}

/** A function with what the test says of it. */
export function declare(name: string, more: Partial<LocalFunction> = {}): [string, Entry] {
  const place = { file: "/template.yaml", line: 0, column: 0 };
  const sizes = { memorySizeMb: 128, timeoutSeconds: 3 };
  const plain = { environment: {}, architectures: ["x86_64"], tags: {}, codeRoot: "/" };
  const fn = { name, place, runtime: "nodejs24.x", handler: "index.handler", ...sizes, ...plain, ...more };
  return [name, { fn, revision: 1 }];
}

/** An event as the API accepts it. */
export function eventFor(functionName: string, id: string, more: Partial<QueuedEvent> = {}): QueuedEvent {
  return { id, functionName, payload: "{}", traceId: "trace", acceptedAt: 0, failures: 0, hops: 0, ...more };
}

/** Opens a queue on a folder: a new one, or one that an earlier queue has left. */
export async function openQueue(
  functions: readonly [string, Entry][],
  play: Play,
  folder?: string,
): Promise<QueueHost> {
  const home = folder ?? (await realpath(await mkdtemp(join(tmpdir(), "queue-test-"))));
  const lifetime = new AbortController();
  const [declared, logs, clock] = [new Map(functions), new LogStore(), { now: 0 }];
  const [runs, notes, waiting]: [Run[], string[], Set<() => void>] = [[], [], new Set()];
  const tell = () => [...waiting].map((check) => check());
  const options = {
    folder: home,
    timing: { retryDelaysMs: [1, 2], throttleDelaysMs: { first: 1, longest: 4 } },
    mostQueuedBytes: 4 * 1024 * 1024,
    entries: () => Promise.resolve(declared),
    now: () => clock.now,
    logs,
    run(entry: Entry, invocation: Invocation) {
      const run = { functionName: entry.fn.name, invocation };
      runs.push(run);
      setImmediate(tell);
      return Promise.resolve().then(() => ({ outcome: play(run, runs.length), log: [] }));
    },
    onNote(text: string) {
      notes.push(text);
      setImmediate(tell);
    },
    onResumed() {},
  };
  const stop = () => lifetime.abort();
  return {
    queue: createEventQueue(options, lifetime.signal),
    folder: home,
    logs,
    runs,
    notes,
    declared,
    clock,
    stop,
    until: (test) =>
      new Promise((resolve) => {
        const check = () => {
          if (!test()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
