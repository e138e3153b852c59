import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";
import { majorVersion } from "./majorVersion.ts";
import { findHandler } from "../../model/handler.ts";
import { statOf } from "../../model/statOf.ts";

/** Options of esbuild's API. */
export interface BuildOptions {
  entryPoints: string[];
  absWorkingDir: string;
  /** Inside the folder that the function runs in. */
  outfile: string;
  format: "cjs" | "esm";
  [option: string]: unknown;
}

/**
 * The options that SAM passes to esbuild for this function, with a source map for the debugger. Undefined where there's no
 * entry point.
 * Source: "Building Node.js Lambda functions with esbuild" of the SAM developer guide.
 */
export function buildOptions(fn: LocalFunction, folder: string, packages?: string): BuildOptions | undefined {
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
    target: given.target ?? `node${majorVersion(fn.runtime) ?? 20}`,
    format,
    external: given.external ?? [],
    minify: given.minify ?? false,
    sourcemap: "linked",
    loader: given.loader ?? {},
    ...(given.mainFields && { mainFields: given.mainFields }),
    ...(given.define && { define: given.define }),
    banner: given.banner ?? (format === "esm" && !fn.build ? { js: requireForBundles } : {}),
    // Searched after the workspace's packages.
    nodePaths: packages === undefined ? [] : [packages],
    metafile: true,
    logLevel: "silent",
  };
}

/** CommonJS packages that esbuild bundles into an ES module call `require`. */
const requireForBundles =
  'import { createRequire as requireFrom } from "node:module"; globalThis.require ??= requireFrom(import.meta.url);';

/** The entry point with the handler's name, or else the first. */
export function entryOf(fn: LocalFunction): string | undefined {
  const entries = (fn.build?.entryPoints ?? [])
    .map((entry) => join(fn.codeRoot, entry))
    .filter((path) => existsSync(path));
  const [module = ""] = basename(fn.handler).split(".");
  return (
    entries.find((entry) => basename(entry, extname(entry)) === module) ?? entries[0] ?? findHandler(fn)?.path
  );
}

/** The format that Node.js assumes: by the file's extension, else by the `type` of its package. */
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
  // Not `existsSync`: who reads a named pipe waits for somebody who writes to it.
  if (!statOf(file)?.isFile()) return undefined;
  try {
    const { type } = JSON.parse(readFileSync(file, "utf8")) as { type?: string };
    return type ?? "commonjs";
  } catch {
    return "commonjs";
  }
}
