import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { FunctionCatalog } from "../../packages/local/src/discovery/catalog/functionCatalog.ts";
import type { LocalFunction } from "../../packages/local/src/model/localFunction.ts";
import { codeLayoutOf } from "../../packages/local/src/runtime/runtimes.ts";

/** A folder's functions, and how long it took to read them. */
export interface Reading {
  functions: LocalFunction[];
  /** ms until the first functions were told */
  firstMs: number;
  /** ms until all were listed */
  allMs: number;
  /** ms of the longest piece of work in one turn of the event loop */
  longestMs: number;
}

/** Reads the templates of a folder as the local service does. `temp` is for code that's unpacked. */
export async function readFunctions(folder: string, temp: string): Promise<Reading> {
  const lifetime = new AbortController();
  const turns = monitorEventLoopDelay({ resolution: 1 });
  turns.enable();
  await sleep(100);
  turns.reset();
  const startedAt = performance.now();
  let firstAt: number | undefined;
  const noteFirst = (): void => {
    firstAt ??= performance.now();
  };
  const catalog = new FunctionCatalog({ onState: () => {}, onFound: noteFirst }, lifetime.signal, {
    codeLayoutOf,
    env: process.env,
    temp,
  });
  catalog.setWorkspace({ folders: [folder], trusted: true });
  const entries = await catalog.entries(lifetime.signal);
  const endedAt = performance.now();
  turns.disable();
  lifetime.abort();
  return {
    functions: [...entries.values()].map(({ fn }) => fn),
    firstMs: (firstAt ?? endedAt) - startedAt,
    allMs: endedAt - startedAt,
    longestMs: turns.max / 1e6,
  };
}
