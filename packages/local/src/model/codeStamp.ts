import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LocalFunction } from "./localFunction.ts";

/** What a handler's file may be called, in the order in which AWS's runtime clients look; what must be built comes last. */
const nodeEndings = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"];
const pythonEndings = [".py", "/__init__.py"];

/** A file, and what changes when it does. */
export interface StampedFile {
  path: string;
  stamp: string;
}

/** The file that holds a function's handler, or undefined where there is none; looked up as AWS's runtime clients do. */
export function findHandler(fn: LocalFunction): StampedFile | undefined {
  for (const path of candidates(fn)) {
    const stamp = fileStamp(path);
    if (stamp !== undefined) return { path, stamp };
  }
  return undefined;
}

/** The path of the file that `findHandler` finds. */
export function handlerFile(fn: LocalFunction): string | undefined {
  return findHandler(fn)?.path;
}

function candidates(fn: LocalFunction): string[] {
  if (fn.runtime.startsWith("python")) {
    const module = fn.handler.slice(0, Math.max(0, fn.handler.lastIndexOf("."))).replaceAll(".", "/");
    return pythonEndings.map((ending) => join(fn.codeRoot, module + ending));
  }
  if (!fn.runtime.startsWith("nodejs")) return [join(fn.codeRoot, "bootstrap")];
  const [module = ""] = basename(fn.handler).split(".");
  const base = join(fn.codeRoot, dirname(fn.handler), module);
  return nodeEndings.map((ending) => base + ending);
}

/**
 * Changes when the file that holds the handler does. File watchers tell late on some platforms; this is asked at each
 * invocation, so that what was saved just before it runs.
 */
export function codeStamp(fn: LocalFunction): string {
  return findHandler(fn)?.stamp ?? "missing";
}

/** Changes when the file does; undefined where there is none. A synchronous stat takes a few µs, less than to queue one. */
export function fileStamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.mtimeMs}:${stats.size}` : undefined;
}
