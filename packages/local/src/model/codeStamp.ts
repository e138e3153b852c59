import { basename, dirname, join } from "node:path";
import type { LocalFunction } from "./localFunction.ts";
import { statOf } from "./statOf.ts";

/** Extensions of handler files, in the order in which AWS's runtime clients try them; the ones that need a build come last. */
const nodeEndings = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"];
const pythonEndings = [".py", "/__init__.py"];

/** A file, and a stamp that changes with its content. */
export interface StampedFile {
  path: string;
  stamp: string;
}

/** The file of a function's handler, found as AWS's runtime clients do; undefined where there's none. */
export function findHandler(fn: LocalFunction): StampedFile | undefined {
  for (const path of candidates(fn)) {
    const stamp = fileStamp(path);
    if (stamp !== undefined) return { path, stamp };
  }
  return undefined;
}

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
 * Changes when the handler's file does. Checked at each invocation, because file watchers are late on some platforms and a
 * file saved just before must run.
 */
export function codeStamp(fn: LocalFunction): string {
  return findHandler(fn)?.stamp ?? "missing";
}

/** Changes when the file does; undefined for a missing or inaccessible file. */
export function fileStamp(path: string): string | undefined {
  const stats = statOf(path);
  return stats?.isFile() ? `${stats.mtimeMs}:${stats.size}` : undefined;
}

/** Changes when an entry is added to or removed from the folder. */
export function folderStamp(path: string): string {
  return `${statOf(path)?.mtimeMs ?? "missing"}`;
}
