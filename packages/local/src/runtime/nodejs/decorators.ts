import { dirname } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";
import { hasEsbuild } from "./esbuild.ts";
import { entryOf } from "./esbuildOptions.ts";
import { findConfig } from "./tsconfig.mjs";

/** Why a function in TypeScript doesn't have the types of decorators that its `tsconfig.json` asks for, as a sentence. */
export function whyNoDecoratorTypes(fn: LocalFunction, compiler: string | undefined): string | undefined {
  const entry = entryOf(fn);
  const isBuilt = hasEsbuild(fn);
  if (entry === undefined || (!isBuilt && compiler !== undefined)) return undefined;
  // The files may have changed since the last look.
  const { compilerOptions } = findConfig(dirname(entry), new Map());
  if (compilerOptions["emitDecoratorMetadata"] !== true) return undefined;
  return isBuilt
    ? "tsconfig.json sets emitDecoratorMetadata, and esbuild, which builds the function, gives decorators no types. A function that SAM or the Serverless Framework builds with esbuild has none on AWS either."
    : "tsconfig.json sets emitDecoratorMetadata, and Node.js, which only removes the function's types, gives decorators none. Install typescript, up to version 6, in the workspace.";
}
