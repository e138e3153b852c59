import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry } from "../../src/discovery/catalog/catalogEntries.ts";
import type { LocalFunction } from "../../src/model/localFunction.ts";
import { createEventQueue } from "../../src/events/createEventQueue.ts";
import type { QueuedEvent } from "../../src/events/queuedEvent.ts";
import type { EventQueue } from "../../src/events/eventQueue.ts";
import { LogStore } from "../../src/logs/logStore.ts";
import { broke, type Invocation, type InvocationOutcome } from "../../src/model/invocation.ts";

/** A run of a function by the queue. */
export interface Run {
  functionName: string;
  invocation: Invocation;
}

/** A queue whose functions the test implements. */
export interface QueueHost extends AsyncDisposable {
  queue: EventQueue;
  folder: string;
  logs: LogStore;
  runs: Run[];
  notes: string[];
  /** The functions by name; a test may add and remove some. */
  declared: Map<string, CatalogEntry>;
  /** ms since 1970; a test may change it. */
  clock: { now: number };
  /** Resolves when the condition holds, which is checked after every run and note. */
  until(test: () => boolean): Promise<void>;
  /** Ends the queue as if the process had ended. */
  stop(): void;
}

/** The result of a function's n-th run, from 1; may throw an `ApiError`. */
export type Play = (run: Run, n: number) => InvocationOutcome;

/** The result of a function that returns. */
export function returned(value: unknown): InvocationOutcome {
  return { kind: "returned", payload: Buffer.from(JSON.stringify(value)) };
}

/** The result of a function that fails. */
export function failed(message: string): InvocationOutcome {
  return broke("error", "Runtime.ExitError", "id", message);
}

/** A function with the given properties. */
export function declare(name: string, more: Partial<LocalFunction> = {}): [string, CatalogEntry] {
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

/** Opens a queue in a new folder, or in the folder of an earlier queue. */
export async function openQueue(
  functions: readonly [string, CatalogEntry][],
  play: Play,
  folder?: string,
): Promise<QueueHost> {
  const home = folder ?? (await realpath(await mkdtemp(join(tmpdir(), "queue-test-"))));
  const lifetime = new AbortController();
  const [declared, logs, clock] = [new Map(functions), new LogStore(), { now: 0 }];
  const [runs, notes, waiting]: [Run[], string[], Set<() => void>] = [[], [], new Set()];
  const notify = () => [...waiting].map((check) => check());
  const options = {
    folder: home,
    timing: { retryDelaysMs: [1, 2], throttleDelaysMs: { first: 1, max: 4 } },
    maxQueuedBytes: 4 * 1024 * 1024,
    entries: () => Promise.resolve(declared),
    now: () => clock.now,
    logs,
    run(entry: CatalogEntry, invocation: Invocation) {
      const run = { functionName: entry.fn.name, invocation };
      runs.push(run);
      setImmediate(notify);
      return Promise.resolve().then(() => ({ outcome: play(run, runs.length), log: [] }));
    },
    onNote(text: string) {
      notes.push(text);
      setImmediate(notify);
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
