// What changes in AWS's runtime clients before they run. They're files of their own, so they're changed when they're loaded.
import { registerHooks } from "node:module";
import { patchForWindows } from "./windows.mjs";

/**
 * Changes the source of a client.
 * @param {string} entry The client's URL
 * @param {(source: string) => string} patch
 */
export function patchClient(entry, patch) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== entry) return loaded;
      const { source } = loaded;
      return {
        ...loaded,
        source: patch(typeof source === "string" ? source : new TextDecoder().decode(source)),
      };
    },
  });
}

/**
 * The changes that the platform and the handler need; undefined where it's none.
 * @param {string | undefined} handler The URL of a handler in TypeScript
 * @returns {((source: string) => string) | undefined}
 */
export function patchFor(handler) {
  const patches = [
    ...(process.platform === "win32" ? [patchForWindows] : []),
    ...(handler === undefined ? [] : [(/** @type {string} */ source) => patchForHandler(source, handler)]),
  ];
  if (patches.length === 0) return undefined;
  return (source) => patches.reduce((text, patch) => patch(text), source);
}

/**
 * Has a client load this handler, because it looks for JavaScript only. Client 3 doesn't look for what CommonJS exports
 * in `default`.
 * @param {string} source
 * @param {string} handler
 */
export function patchForHandler(source, handler) {
  const load = `await import(${JSON.stringify(handler)})`;
  return source
    .replace("for (const extension of extensionLookupOrder) {", `return ${load};\n    $&`)
    .replace(
      "return await _tryRequire(appRoot, moduleRoot, module2);",
      `{ const loaded = ${load}; return typeof loaded.default === "object" ? { ...loaded.default, ...loaded } : loaded; }`,
    );
}
