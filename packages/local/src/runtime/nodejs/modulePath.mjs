// Node.js looks into NODE_PATH for `require` alone. Lambda's runtimes look there for `import` too: that is how a function
// that is an ES module finds the packages of its layers.
import { registerHooks } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Has `import` find packages in those folders of NODE_PATH that are named node_modules, after all others.
 * @param {string} nodePath
 */
export function importFrom(nodePath) {
  const folders = nodePath.split(delimiter).filter((folder) => basename(folder) === "node_modules");
  // What is imported by a module beside such a folder is looked for in it.
  const besides = folders.map((folder) => pathToFileURL(join(dirname(folder), "beside.mjs")).href);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!isMissing(error) || !/^[\w@]/.test(specifier)) throw error;
        for (const parentURL of besides) {
          try {
            return nextResolve(specifier, { ...context, parentURL });
          } catch (inner) {
            if (!isMissing(inner)) throw inner;
          }
        }
        throw error;
      }
    },
  });
}

/** @param {unknown} error */
function isMissing(error) {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
