import { basename, dirname, resolve } from "node:path";
import { findHandler } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";

/**
 * Why a function may not run, as a sentence: something that its template has Local load is outside the workspace, with all
 * links followed. Undefined where everything is inside.
 */
export function whyOutside(fn: LocalFunction, allows: (path: string) => boolean): string | undefined {
  if (fn.cannotRun !== undefined) return undefined;
  for (const [what, path] of loadedPaths(fn)) {
    if (allows(path)) continue;
    if (what === "handler" && path.startsWith("/opt/"))
      return `The handler ${fn.handler} is in a layer, and no layer in the workspace has it. Set Handler to the function's own, or add the layer to the workspace and the template.`;
    return `The ${what} ${path} is outside the workspace. Add its folder to the workspace, or turn on lambdaInvoke.local.outsideAllowed.`;
  }
  return undefined;
}

function loadedPaths(fn: LocalFunction): (readonly [what: string, path: string])[] {
  const file = findHandler(fn)?.path;
  return [
    ["code", fn.codeRoot],
    ["handler", handlerPath(fn)],
    ...(file === undefined ? [] : [["handler", file] as const]),
    ...(fn.layers ?? []).map((path) => ["layer", path] as const),
    ...(fn.build?.entryPoints ?? []).map((path) => ["entry point", resolve(fn.codeRoot, path)] as const),
  ];
}

/** As AWS's runtime client for Node.js resolves it: an absolute handler isn't below the code, but may be in a layer. */
function handlerPath(fn: LocalFunction): string {
  const { codeRoot, handler, runtime } = fn;
  if (!runtime.startsWith("nodejs")) return codeRoot;
  const file = handler.startsWith("/opt/") ? findHandler(fn)?.path : undefined;
  if (file !== undefined) return file;
  const [module = ""] = basename(handler).split(".");
  return resolve(codeRoot, dirname(handler), module);
}
