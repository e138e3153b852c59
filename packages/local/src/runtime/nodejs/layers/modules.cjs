"use strict";
// Has `require` and `import` load the files of layers. What no layer has is looked for where the path says.
const Module = require("node:module");
const { fileURLToPath, pathToFileURL } = require("node:url");
const { importedFromLayers } = require("./paths.cjs");

/** Errors that say that a file isn't there. */
const missing = new Set(["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"]);

/**
 * The first of these that's found, or else the other one.
 * @template T
 * @param {readonly string[]} paths
 * @param {(path: string) => T} find
 * @param {() => T} findOther
 * @returns {T}
 */
function firstFound(paths, find, findOther) {
  for (const path of paths)
    try {
      return find(path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && missing.has(String(error.code)))) throw error;
    }
  return findOther();
}

// Not a hook, because `require.resolve` doesn't call hooks.
const internals = /** @type {{ _resolveFilename: (request: string, ...rest: any[]) => string }} */ (
  /** @type {unknown} */ (Module)
);
const { _resolveFilename: resolveFilename } = internals;
internals._resolveFilename = (request, ...rest) => {
  const find = (/** @type {string} */ path) => resolveFilename(path, ...rest);
  return firstFound(importedFromLayers(request, rest[0]?.filename), find, () => find(request));
};

// A child process may be an older Node.js, which has no such hooks.
Module.registerHooks?.({
  resolve(specifier, context, nextResolve) {
    const { conditions, parentURL } = context;
    const find = (/** @type {string} */ each) => nextResolve(each, context);
    if (conditions.includes("require")) return find(specifier);
    const parent = parentURL?.startsWith("file:") ? fileURLToPath(parentURL) : undefined;
    const paths = importedFromLayers(specifier, parent);
    return firstFound(
      paths,
      (path) => find(pathToFileURL(path).href),
      () => find(specifier),
    );
  },
});
