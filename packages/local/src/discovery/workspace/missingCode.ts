import { isHandlerMissing, type FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";

/** Reports a missing handler at the function's declaration. Functions that are built first are left to their runtime. */
export function missingCode(fn: LocalFunction, codeLayoutOf: FindCodeLayout): readonly TemplateProblem[] {
  const isLeftToRuntime = fn.build !== undefined || codeLayoutOf(fn.runtime)?.reportsMissingHandler === true;
  if (isLeftToRuntime || fn.cannotRun !== undefined || !isHandlerMissing(fn)) return [];
  return [{ kind: "handlerMissing", subject: fn.name, text: sentence(fn), place: fn.place }];
}

function sentence({ codeRoot, handler, unpacked }: LocalFunction): string {
  if (unpacked === "template") {
    const member = handler.slice(handler.lastIndexOf(".") + 1);
    return `Code in a template is the file index, and the handler ${handler} is in another one. Set Handler to index.${member}.`;
  }
  const where = unpacked?.archive ?? codeRoot;
  return `There's no file for the handler ${handler} in ${where}. Check Handler and CodeUri, or build the function.`;
}
