import { handlerFile } from "../../model/codeStamp.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";

/** Whether the file of a function's handler is there, where its runtime runs here. */
export function handlerExists(fn: LocalFunction): boolean {
  return !/^(?:nodejs|python|provided)/.test(fn.runtime) || handlerFile(fn) !== undefined;
}

/** Says that a function's code is missing, at its declaration; of what must be built, its runtime says it. */
export function missingCode(fn: LocalFunction): readonly Problem[] {
  const built = fn.build !== undefined || fn.runtime.startsWith("provided");
  if (built || fn.cannotRun !== undefined || handlerExists(fn)) return [];
  const message = `${fn.name}: no file for the handler ${fn.handler} in ${fn.codeRoot}. Check Handler and CodeUri, or build it.`;
  return [{ message, place: fn.place }];
}
