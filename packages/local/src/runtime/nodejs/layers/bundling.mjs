// What esbuild does with imports by paths in `/opt`: those of a layer's files are left to the process that runs the function,
// as on Lambda. Only TypeScript, which that can't load, is built with the function.
import { join } from "node:path";

/** Marks what the plugin itself resolves. */
const own = {};

/**
 * An esbuild plugin.
 * @param {readonly string[]} layers Their folders, in the template's order
 * @returns {import("esbuild").Plugin}
 */
export function layerImports(layers) {
  return {
    name: "layers",
    setup(build) {
      build.onResolve({ filter: /^\/opt\// }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === own || kind === "entry-point") return undefined;
        const find = (/** @type {string} */ each) =>
          build.resolve(each, { importer, resolveDir, kind, pluginData: own });
        for (const layer of layers.toReversed()) {
          const { errors, path: found } = await find(join(layer, path.slice("/opt/".length)));
          if (errors.length === 0)
            return /\.[cm]?tsx?$/.test(found) ? { path: found } : { path, external: true };
        }
        // It may be mapped by `tsconfig.json`.
        const { errors } = await find(path);
        return errors.length === 0 ? undefined : { path, external: true };
      });
    },
  };
}
