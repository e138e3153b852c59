import { basename, dirname, isAbsolute, join } from "node:path";
import type { CodeLayout } from "../../model/handler.ts";
import { inOpt } from "../shared/layers.ts";
import { majorVersion } from "./majorVersion.ts";

/** Extensions of handler files, in the order of AWS's runtime clients; those that need a build come last. */
const extensions = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"];

/** As AWS's runtime clients, looks in the code, or where an absolute path says, and then for a package. */
export const handlerFiles: CodeLayout["handlerFiles"] = ({ codeRoot, handler, layers = [], runtime }) => {
  const folder = dirname(handler);
  const [module = ""] = basename(handler).split(".");
  if (isAbsolute(folder)) return withExtensions([...(inOpt(layers, folder) ?? []), folder], module);
  const packages = layers
    .toReversed()
    .flatMap((layer) => packagesIn(runtime).map((each) => join(layer, each)));
  return [
    ...withExtensions([join(codeRoot, folder)], module),
    ...[join(codeRoot, "node_modules"), ...packages].flatMap((each) =>
      packageFiles(join(each, folder, module)),
    ),
  ];
};

function withExtensions(folders: readonly string[], module: string): string[] {
  return folders.flatMap((folder) => extensions.map((extension) => join(folder, module + extension)));
}

/** What there is of a package, or of a module in one. */
function packageFiles(path: string): string[] {
  return [`${path}.js`, join(path, "index.js"), join(path, "package.json")];
}

/** The folders of a layer with packages. A layer that SAM hasn't built yet has them at its root. */
export function packagesIn(runtime: string): string[] {
  return [`nodejs/node${majorVersion(runtime) ?? ""}/node_modules`, "nodejs/node_modules", "node_modules"];
}
