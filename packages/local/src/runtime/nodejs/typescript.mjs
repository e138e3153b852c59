// Runs TypeScript where it is: each file is translated when it's loaded, and keeps its path, so that `__dirname`, files
// beside the handler and breakpoints are those of the sources.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadCompiler } from "./compiler.mjs";
import { importedFromLayers } from "./layers/paths.cjs";
import { findConfig } from "./tsconfig.mjs";

/** @typedef {import("./startOptions.ts").TypeScriptOptions} TypeScriptOptions */

/** What a bundler tries for an import without an extension, in its order. */
const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json"];
/** The sources that an import of JavaScript may mean. @type {Readonly<Record<string, readonly string[]>>} */
const sources = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/**
 * Has `import` and `require` load TypeScript, as a bundler would find it.
 * @param {TypeScriptOptions} options
 */
export function loadTypeScript(options) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const parent = sourceOf(context.parentURL);
      const mapped = parent && resolveSource(specifier, parent);
      return mapped
        ? { url: pathToFileURL(mapped).href, shortCircuit: true }
        : nextResolve(specifier, context);
    },
    load(url, context, nextLoad) {
      const path = sourceOf(url);
      if (path === undefined) return nextLoad(url, context);
      if (/\.[cm]?tsx?$|\.jsx$/.test(path)) return { ...translate(path, options), shortCircuit: true };
      if (!path.endsWith(".json") || !isBareImport(context)) return nextLoad(url, context);
      return { format: "module", source: `export default ${readFileSync(path, "utf8")}`, shortCircuit: true };
    },
  });
}

/**
 * Whether it's an `import` without attributes: bundlers take JSON without `with { type: "json" }`.
 * @param {import("node:module").LoadHookContext} context
 */
function isBareImport({ conditions, importAttributes }) {
  return conditions.includes("import") && importAttributes?.["type"] === undefined;
}

/**
 * The path of a file that isn't in a package.
 * @param {string | undefined} url
 */
function sourceOf(url) {
  if (!url?.startsWith("file:")) return undefined;
  const path = fileURLToPath(url);
  return /[\\/]node_modules[\\/]/.test(path) ? undefined : path;
}

/**
 * The file that an import means, by the rules of TypeScript and bundlers; undefined where Node.js finds it by its own.
 * @param {string} specifier
 * @param {string} parent
 */
function resolveSource(specifier, parent) {
  if (/^(node|data|https?):/.test(specifier)) return undefined;
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
  const isPath = isAbsolute(path) || /^\.{1,2}(\/|$)/.test(path);
  // Paths in a layer may be mapped to its sources; other paths aren't.
  const mapped = isPath && !path.startsWith("/") ? [] : findConfig(dirname(parent)).candidates(specifier);
  const named = isPath ? [...importedFromLayers(specifier, parent), resolve(dirname(parent), path)] : [];
  for (const each of [...named, ...mapped]) {
    const found = findSource(each);
    if (found) return found;
  }
  return undefined;
}

/** @param {string} path */
function findSource(path) {
  if (isFile(path)) return path;
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  const candidates = [
    ...(sources[extension] ?? []).map((source) => stem + source),
    ...extensions.map((each) => path + each),
    ...extensions.map((each) => join(path, `index${each}`)),
  ];
  return candidates.find(isFile);
}

/** @param {string} path */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * A source as JavaScript with its source map, from the cache where it's known.
 * @param {string} path
 * @param {TypeScriptOptions} options
 * @returns {{ format: "module" | "commonjs", source: string }}
 */
export function translate(path, options) {
  const text = readFileSync(path, "utf8");
  const format = formatOf(path, text, options);
  const { compilerOptions } = findConfig(dirname(path));
  // Without a compiler, it's Node.js that translates.
  const translator = options.compiler ?? process.version;
  const key = [path, text, format, translator, JSON.stringify(compilerOptions)];
  const file = join(options.cache, `${createHash("sha256").update(key.join("\0")).digest("hex")}.js`);
  if (existsSync(file)) return { format, source: readFileSync(file, "utf8") };
  mkdirSync(options.cache, { recursive: true, mode: 0o700 });
  const source =
    options.compiler === undefined
      ? removeTypes(text, path)
      : compile(text, path, format, compilerOptions, loadCompiler(options.compiler, options.cache));
  // Another process may translate the same file.
  writeFileSync(`${file}.${process.pid}`, source, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
  return { format, source };
}

/**
 * @param {string} text
 * @param {string} path
 */
function removeTypes(text, path) {
  try {
    return stripTypeScriptTypes(text, { mode: "transform", sourceMap: true, sourceUrl: path });
  } catch (error) {
    // Node.js 26 can't transform. It leaves lines and columns where they are.
    if (!(error instanceof Error && "code" in error && error.code === "ERR_INVALID_ARG_VALUE")) throw error;
    return stripTypeScriptTypes(text, { sourceUrl: path });
  }
}

/**
 * As Node.js determines it; without a compiler, `import` can't become `require`.
 * @param {string} path
 * @param {string} text
 * @param {TypeScriptOptions} options
 * @returns {"module" | "commonjs"}
 */
function formatOf(path, text, { compiler, format }) {
  if (path.endsWith(".mts")) return "module";
  if (path.endsWith(".cts")) return "commonjs";
  if (format !== undefined) return format === "esm" ? "module" : "commonjs";
  if (packageType(dirname(path)) === "module") return "module";
  return compiler === undefined && /^\s*(import|export)\b/m.test(text) ? "module" : "commonjs";
}

/**
 * @param {string} folder
 * @returns {unknown}
 */
function packageType(folder) {
  const file = join(folder, "package.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).type;
  return folder === dirname(folder) ? undefined : packageType(dirname(folder));
}

/**
 * @param {string} text
 * @param {string} path
 * @param {"module" | "commonjs"} format
 * @param {Record<string, unknown>} given
 * @param {any} ts
 * @returns {string}
 */
function compile(text, path, format, given, ts) {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      esModuleInterop: true,
      ...given,
      module: format === "module" ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      jsx: jsxOf(ts, given["jsx"]),
      isolatedModules: true,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  const [error] = diagnostics;
  if (!error) return outputText;
  const { line, character } = ts.getLineAndCharacterOfPosition(error.file, error.start);
  const message = ts.flattenDiagnosticMessageText(error.messageText, "\n");
  throw new SyntaxError(`${path}:${line + 1}:${character + 1}: ${message}`);
}

/**
 * @param {any} ts
 * @param {unknown} jsx
 */
function jsxOf(ts, jsx) {
  if (jsx === "react-jsx") return ts.JsxEmit.ReactJSX;
  return jsx === "react-jsxdev" ? ts.JsxEmit.ReactJSXDev : ts.JsxEmit.React;
}
