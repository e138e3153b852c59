import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { RuntimeHost } from "../shared/runtime.ts";
import { entryOf } from "./esbuildOptions.ts";
import { packageFolders } from "./packageFolders.ts";
import type { TypeScriptOptions } from "./startOptions.ts";

/** How a function in TypeScript runs where the workspace has no esbuild. Undefined where there's no entry point. */
export function typescriptOptions(
  fn: LocalFunction,
  { home, workspace }: Pick<RuntimeHost, "home" | "workspace">,
): TypeScriptOptions | undefined {
  const handler = entryOf(fn);
  if (handler === undefined) return undefined;
  const given = [workspace().typescriptPath].filter((path) => path !== undefined);
  const compiler = [...given, ...installed(fn.codeRoot)].find((path) => existsSync(path));
  return { handler, compiler, cache: join(home, ".typescript"), format: fn.build?.format };
}

/** The workspace's own compilers, as far as they have an API in JavaScript. */
function installed(codeRoot: string): string[] {
  return packageFolders(codeRoot)
    .map((folder) => join(folder, "typescript", "lib", "typescript.js"))
    .filter((path) => existsSync(path) && hasCompilerApi(path));
}

/** TypeScript 7 is a program, without the API. */
function hasCompilerApi(path: string): boolean {
  try {
    const text = readFileSync(join(dirname(path), "..", "package.json"), "utf8");
    const { version = "" } = JSON.parse(text) as { version?: string };
    return Number.parseInt(version, 10) < 7;
  } catch {
    return false;
  }
}
