// The part of `tsconfig.json` that changes what a program does.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";

/**
 * @typedef {object} Config
 * @property {Record<string, unknown>} compilerOptions Those that change the JavaScript
 * @property {(specifier: string) => string[]} candidates The paths that `paths` and `baseUrl` give to an import of a package
 */

/** @typedef {{ options: Record<string, any>, pathsFolder?: string }} Merged */

/** Options that change what the JavaScript does. */
const emitted = [
  "emitDecoratorMetadata",
  "experimentalDecorators",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
  "preserveConstEnums",
];

/** Targets with which class fields are assigned rather than defined. */
const beforeClassFields = /^es(3|5|6|20(1[5-9]|2[01]))$/i;

/** @type {Map<string, Config>} */
const known = new Map();

/**
 * The nearest configuration of a folder.
 * @param {string} folder
 * @param {Map<string, Config>} [found] Those that were found already
 * @returns {Config}
 */
export function findConfig(folder, found = known) {
  const config = found.get(folder) ?? findNew(folder, found);
  found.set(folder, config);
  return config;
}

/**
 * @param {string} folder
 * @param {Map<string, Config>} found
 * @returns {Config}
 */
function findNew(folder, found) {
  const file = join(folder, "tsconfig.json");
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return toConfig(merge(file, []));
  return folder === dirname(folder) ? toConfig({ options: {} }) : findConfig(dirname(folder), found);
}

/**
 * A file with those that it extends; the later one counts.
 * @param {string} file
 * @param {readonly string[]} from The files that led here
 * @returns {Merged}
 */
function merge(file, from) {
  if (from.includes(file)) return { options: {} };
  const { extends: bases = [], compilerOptions = {} } = parse(file);
  /** @type {Merged} */
  const merged = { options: {} };
  for (const base of [bases].flat()) {
    const path = findBase(base, file);
    if (path !== undefined) assign(merged, merge(path, [...from, file]));
  }
  const { baseUrl } = compilerOptions;
  const own = typeof baseUrl === "string" ? { baseUrl: resolve(dirname(file), baseUrl) } : {};
  assign(merged, { options: { ...compilerOptions, ...own } });
  if (compilerOptions.paths) merged.pathsFolder = dirname(file);
  return merged;
}

/**
 * @param {Merged} merged
 * @param {Merged} next
 */
function assign(merged, next) {
  Object.assign(merged.options, next.options);
  if (next.pathsFolder !== undefined) merged.pathsFolder = next.pathsFolder;
}

/**
 * @param {string} base
 * @param {string} file
 */
function findBase(base, file) {
  try {
    if (isAbsolute(base) || base.startsWith(".")) {
      const path = resolve(dirname(file), base);
      return [path, `${path}.json`].find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    }
    const { resolve: find } = createRequire(file);
    return find(base.includes("tsconfig") && base.endsWith(".json") ? base : join(base, "tsconfig.json"));
  } catch {
    // TypeScript's own check says which package is missing.
    return undefined;
  }
}

/**
 * A file of JSON with comments and trailing commas; one that can't be read is empty.
 * @param {string} file
 * @returns {Record<string, any>}
 */
function parse(file) {
  const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  const token = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*[}\]])/g;
  try {
    return JSON.parse(text.replaceAll(token, (match) => (match.startsWith('"') ? match : "")));
  } catch {
    return {};
  }
}

/**
 * @param {Merged} merged
 * @returns {Config}
 */
function toConfig({ options, pathsFolder }) {
  const compilerOptions = Object.fromEntries(
    emitted.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  compilerOptions["useDefineForClassFields"] =
    options["useDefineForClassFields"] ?? !beforeClassFields.test(options["target"] ?? "esnext");
  const { baseUrl, paths = {} } = options;
  const candidates = (/** @type {string} */ specifier) => [
    ...mapped(specifier, paths, baseUrl ?? pathsFolder ?? ""),
    ...(baseUrl === undefined ? [] : [join(baseUrl, specifier)]),
  ];
  return { compilerOptions, candidates };
}

/**
 * The paths of the pattern that fits best: the exact one, or else the one with the longest prefix.
 * @param {string} specifier
 * @param {Record<string, string[]>} paths
 * @param {string} folder
 */
function mapped(specifier, paths, folder) {
  const fits = Object.keys(paths).filter((pattern) => {
    const [before = "", after] = pattern.split("*");
    if (after === undefined) return pattern === specifier;
    return specifier.startsWith(before) && specifier.endsWith(after);
  });
  const prefix = (/** @type {string} */ pattern) =>
    pattern.includes("*") ? pattern.indexOf("*") : Number.MAX_SAFE_INTEGER;
  const [best] = fits.toSorted((one, other) => prefix(other) - prefix(one));
  if (best === undefined) return [];
  const [before = "", after = ""] = best.split("*");
  const middle = specifier.slice(before.length, specifier.length - after.length);
  return (paths[best] ?? []).map((path) =>
    resolve(
      folder,
      path.replace("*", () => middle),
    ),
  );
}
