import { handlerFile } from "../../model/codeStamp.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";

/** Whether the handler's file exists; true for runtimes that don't run locally. */
export function handlerExists(fn: LocalFunction): boolean {
  return !/^(?:nodejs|python|provided)/.test(fn.runtime) || handlerFile(fn) !== undefined;
}

/** Reports a missing handler at the function's declaration. For functions that are built first, their runtime reports it. */
export function missingCode(fn: LocalFunction): readonly TemplateProblem[] {
  const built = fn.build !== undefined || fn.runtime.startsWith("provided");
  if (built || fn.cannotRun !== undefined || handlerExists(fn)) return [];
  const text = `There's no file for the handler ${fn.handler} in ${fn.codeRoot}. Check Handler and CodeUri, or build the function.`;
  return [{ kind: "handlerMissing", subject: fn.name, text, place: fn.place }];
}
