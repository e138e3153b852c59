import { join, posix } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { statOf } from "../model/statOf.ts";

const pathsInOpt = /(?<![\w./-])\/opt\/[\w@%+=:,./-]*[\w-]/g;

const MAX_HINTS = 3;

/**
 * Says where the files of layers are that a failed invocation names by their paths in `/opt`, a sentence each: what isn't
 * loaded or read by Node.js or Python itself doesn't find them there, and a layer that's left out has none.
 */
export function layerHints(fn: LocalFunction, strings: readonly string[]): string[] {
  const paths = new Set(strings.flatMap((text) => text.match(pathsInOpt) ?? []));
  const hints = [...paths].map((path) => inLayer(fn, path) ?? leftOut(fn, path));
  return hints.filter((hint) => hint !== undefined).slice(0, MAX_HINTS);
}

function inLayer({ layers = [], layerArns = [] }: LocalFunction, path: string): string | undefined {
  const part = posix.relative("/opt", path);
  const index = layers.findLastIndex((layer) => !part.startsWith("..") && statOf(join(layer, part)));
  const layer = layers[index];
  if (layer === undefined) return undefined;
  const name = layerArns[index]?.split(":")[6] ?? layer;
  const byName = /^(bin|lib)\//.exec(part)?.[1];
  const instead =
    byName === undefined ? "" : ` Without the folder, its name is found too: ${byName} is searched.`;
  return `On AWS, ${path} is part of the layer ${name}. Here, it's ${join(layer, part)}, which only Node.js and Python themselves find by its path in /opt.${instead}`;
}

function leftOut({ unresolved = [] }: LocalFunction, path: string): string | undefined {
  const reasons = unresolved
    .filter(({ property }) => property.toLowerCase() === "layers")
    .map(({ why }) => why);
  if (reasons.length === 0 || statOf(path)) return undefined;
  return `On AWS, ${path} may be part of a layer that's left out here: ${[...new Set(reasons)].join("; ")}.`;
}
