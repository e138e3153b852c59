import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { handlerFile } from "../model/codeStamp.ts";

/** How to build a function, in the words of esbuild's API. */
export interface BuildOptions {
  entryPoints: string[];
  absWorkingDir: string;
  /** Below the folder that the function runs in. */
  outfile: string;
  format: "cjs" | "esm";
  [option: string]: unknown;
}

/**
 * The options that SAM would give to esbuild for this function, except that there is always a source map: it costs
 * nothing here, and a debugger needs it. Undefined where there is no file to begin with.
 * Source: "Building Node.js Lambda functions with esbuild" of the SAM developer guide.
 */
export function buildOptions(fn: LocalFunction, folder: string): BuildOptions | undefined {
  const entry = entryOf(fn);
  if (entry === undefined) return undefined;
  const given = fn.build ?? {};
  const format = given.format ?? defaultFormat(entry);
  const [module = ""] = basename(fn.handler).split(".");
  return {
    entryPoints: [entry],
    absWorkingDir: fn.codeRoot,
    outfile: join(folder, dirname(fn.handler), module + (format === "esm" ? ".mjs" : ".cjs")),
    bundle: true,
    platform: "node",
    target: given.target ?? `node${/^nodejs(\d+)/.exec(fn.runtime)?.[1] ?? 20}`,
    format,
    external: given.external ?? [],
    minify: given.minify ?? false,
    sourcemap: "linked",
    loader: given.loader ?? {},
    ...(given.mainFields && { mainFields: given.mainFields }),
    ...(given.define && { define: given.define }),
    banner: given.banner ?? (format === "esm" && !fn.build ? { js: requireForBundles } : {}),
    metafile: true,
    logLevel: "silent",
  };
}

/** What esbuild makes of a CommonJS package in an ES module asks for `require`. */
const requireForBundles =
  'import { createRequire as requireFrom } from "node:module"; globalThis.require ??= requireFrom(import.meta.url);';

/** The entry point that the handler names, or the first. */
function entryOf(fn: LocalFunction): string | undefined {
  const entries = (fn.build?.entryPoints ?? [])
    .map((entry) => join(fn.codeRoot, entry))
    .filter((path) => existsSync(path));
  const [module = ""] = basename(fn.handler).split(".");
  return entries.find((entry) => basename(entry, extname(entry)) === module) ?? entries[0] ?? handlerFile(fn);
}

/** As Node.js would take the file: by its extension, else by the `type` of the package it is in. */
function defaultFormat(entry: string): "cjs" | "esm" {
  const extension = extname(entry);
  if (extension === ".mts" || extension === ".mjs") return "esm";
  if (extension === ".cts" || extension === ".cjs") return "cjs";
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const type = packageType(join(folder, "package.json"));
    if (type !== undefined) return type === "module" ? "esm" : "cjs";
    if (folder === dirname(folder)) return "cjs";
  }
}

function packageType(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { type } = JSON.parse(readFileSync(file, "utf8")) as { type?: string };
    return type ?? "commonjs";
  } catch {
    return "commonjs";
  }
}
