import { existsSync } from "node:fs";
import { delimiter, join, posix } from "node:path";

/** The folders of layers, in the template's order. */
type Layers = readonly string[];

/** Those of the folders that exist in the layers. A later layer comes first, because its files replace those of an earlier one in `/opt`. */
export function inLayers(layers: Layers, folders: readonly string[]): string[] {
  return layers
    .toReversed()
    .flatMap((layer) => folders.map((folder) => join(layer, folder)))
    .filter((path) => existsSync(path));
}

/** The paths in layers that one in `/opt` means, best first; undefined for another path. */
export function inOpt(layers: Layers, path: string): string[] | undefined {
  const part = posix.relative("/opt", posix.normalize(path));
  if (!path.startsWith("/opt") || part === ".." || part.startsWith("../")) return undefined;
  return layers.toReversed().map((layer) => join(layer, part));
}

/** The folders that a search path such as a function's `NODE_PATH` names; those in `/opt` are folders of layers. */
export function pathsInLayers(layers: Layers, path: string | undefined): string[] {
  const folders = (path ?? "").split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => [...(inOpt(layers, folder) ?? []).filter(existsSync), folder]);
}

/**
 * Search paths for the programs and shared libraries of layers, as Lambda sets them for `/opt`.
 * Source: "Packaging your layer content" in the Lambda developer guide.
 */
export function layerEnvironment(
  layers: Layers,
  taskRoot: string,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return {
    ...pathVariable("PATH", [own["PATH"], ...inLayers(layers, ["bin"])]),
    ...pathVariable("LD_LIBRARY_PATH", [
      own["LD_LIBRARY_PATH"],
      ...[join(taskRoot, "lib")].filter((path) => existsSync(path)),
      ...inLayers(layers, ["lib"]),
    ]),
  };
}

/** A variable that lists paths, without missing ones; no variable where there are none. */
export function pathVariable(name: string, paths: readonly (string | undefined)[]): Record<string, string> {
  const value = paths.filter(Boolean).join(delimiter);
  return value === "" ? {} : { [name]: value };
}
