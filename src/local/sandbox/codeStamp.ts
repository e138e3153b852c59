import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LocalFunction } from "../discovery/localFunction.ts";

/** The file that holds a function's handler, or undefined where there is none; looked up as AWS's runtime client does. */
export function handlerFile(fn: LocalFunction): string | undefined {
  const [module = ""] = basename(fn.handler).split(".");
  const base = join(fn.codeRoot, dirname(fn.handler), module);
  return ["", ".js", ".mjs", ".cjs"]
    .map((extension) => base + extension)
    .find((path) => fileStamp(path) !== undefined);
}

/**
 * Changes when the file that holds the handler does. File watchers tell late on some platforms; this is asked at each
 * invocation, so that what was saved just before it runs.
 */
export function codeStamp(fn: LocalFunction): string {
  const file = handlerFile(fn);
  return (file && fileStamp(file)) ?? "missing";
}

/** Changes when the file does; undefined where there is none. A synchronous stat takes a few µs, less than to queue one. */
export function fileStamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.mtimeMs}:${stats.size}` : undefined;
}
