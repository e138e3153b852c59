import { isHandlerMissing, type FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";

/** Reports a missing handler at the function's declaration. Functions that are built first are left to their runtime. */
export function missingCode(fn: LocalFunction, codeLayoutOf: FindCodeLayout): readonly TemplateProblem[] {
  const isLeftToRuntime = fn.build !== undefined || codeLayoutOf(fn.runtime)?.reportsMissingHandler === true;
  if (isLeftToRuntime || fn.cannotRun !== undefined || !isHandlerMissing(fn)) return [];
  const text = `There's no file for the handler ${fn.handler} in ${fn.codeRoot}. Check Handler and CodeUri, or build the function.`;
  return [{ kind: "handlerMissing", subject: fn.name, text, place: fn.place }];
}
