import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The folders that make up `/opt`, the last layer first, as what it has covers the others'. */
type Layers = readonly string[];

/** Those of the folders below the layers that exist; the layers are given in the order of the template. */
function inLayers(layers: Layers, folders: readonly string[]): string[] {
  return layers
    .toReversed()
    .flatMap((layer) => folders.map((folder) => join(layer, folder)))
    .filter((path) => existsSync(path));
}

/**
 * Search paths for what layers hold, as Lambda sets them for `/opt`: programs and shared libraries.
 * Source: "Packaging your layer content", layer paths for each Lambda runtime.
 */
export function layerEnvironment(
  layers: Layers,
  taskRoot: string,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return {
    ...joined("PATH", [own["PATH"], ...inLayers(layers, ["bin"])]),
    ...joined("LD_LIBRARY_PATH", [
      own["LD_LIBRARY_PATH"],
      ...[join(taskRoot, "lib")].filter((path) => existsSync(path)),
      ...inLayers(layers, ["lib"]),
    ]),
  };
}

/** Where Node.js finds packages of layers; a layer that SAM has not built yet has them at its root. */
export function nodeFolders(layers: Layers, runtime: string): string[] {
  const major = /^nodejs(\d+)/.exec(runtime)?.[1] ?? "";
  return inLayers(layers, [`nodejs/node${major}/node_modules`, "nodejs/node_modules", "node_modules"]);
}

/** Where Python finds modules of layers: the installed packages of all of them, then the rest, as in `/opt`. */
export function pythonFolders(layers: Layers, runtime: string): string[] {
  return [`python/lib/${runtime}/site-packages`, "python"].flatMap((folder) => inLayers(layers, [folder]));
}

/** A variable that is a list of paths, without those that are not there; none where it would be empty. */
export function joined(name: string, paths: readonly (string | undefined)[]): Record<string, string> {
  const value = paths.filter(Boolean).join(delimiter);
  return value === "" ? {} : { [name]: value };
}
