import { fileStamp } from "./fileStamp.ts";
import type { LocalFunction } from "./localFunction.ts";

/** Where the functions of a runtime have their code: the part of a runtime that discovery needs. */
export interface CodeLayout {
  /** The files that the runtime takes for the handler's, first match first. Absolute paths. */
  handlerFiles(fn: Pick<LocalFunction, "codeRoot" | "handler" | "layers" | "runtime">): readonly string[];
  /** The name of the file that Lambda makes of code in a template; absent where it takes none. */
  inlineFile?: string;
  /** Whether the runtime reports a missing handler itself, so that discovery doesn't. */
  reportsMissingHandler?: boolean;
}

/** Returns the layout of a runtime such as `nodejs24.x`; undefined for one that doesn't run locally. */
export type FindCodeLayout = (runtime: string) => CodeLayout | undefined;

/** A file, and a stamp that changes with its content. */
export interface StampedFile {
  path: string;
  stamp: string;
}

/** The file of a function's handler; undefined where there's none. */
export function findHandler({ handlerFiles = [] }: LocalFunction): StampedFile | undefined {
  for (const path of handlerFiles) {
    const stamp = fileStamp(path);
    if (stamp !== undefined) return { path, stamp };
  }
  return undefined;
}

/** Whether a function's runtime runs locally, but finds no file for its handler. */
export function isHandlerMissing(fn: LocalFunction): boolean {
  return fn.handlerFiles !== undefined && findHandler(fn) === undefined;
}

/**
 * Changes when the handler's file does. Checked at each invocation, because file watchers are late on some platforms and a
 * file saved just before must run.
 */
export function handlerStamp(fn: LocalFunction): string {
  return findHandler(fn)?.stamp ?? "missing";
}
