"use strict";
// Has the functions of `node:fs` that read a file or folder by its path read those of layers.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const paths = require("node:path");
const { fileURLToPath } = require("node:url");
const { callbackify } = require("node:util");
const { inLayers } = require("./paths.cjs");

/** @typedef {(...args: any[]) => any} AnyFunction */
/** @typedef {(original: AnyFunction, path: unknown, rest: any[]) => unknown} Replacement */

const { promises } = fs;
// Kept from the start, because they're replaced below.
const { existsSync } = fs;
const { readdir } = promises;

const reading = [
  "access",
  "copyFile",
  "cp",
  "exists",
  "lstat",
  "opendir",
  "readFile",
  "readlink",
  "realpath",
  "stat",
];

/**
 * The files or folders of layers that a path means.
 * @param {unknown} path
 */
function found(path) {
  const text = path instanceof URL && path.protocol === "file:" ? fileURLToPath(path) : path;
  return typeof text === "string" ? inLayers(text).filter((each) => existsSync(each)) : [];
}

/** @param {unknown} flags */
function isForReading(flags) {
  return flags == null || flags === "r" || flags === fs.constants.O_RDONLY || typeof flags === "function";
}

/**
 * A folder in `/opt` has what is in all layers.
 * @param {readonly any[][]} lists Names or `Dirent`s, those of a later layer first
 * @param {{ recursive?: boolean } | null | undefined} options
 */
function merged(lists, options) {
  const keyOf = (/** @type {any} */ entry) => {
    if (entry.name === undefined) return String(entry);
    return options?.recursive ? paths.join(entry.parentPath, entry.name) : String(entry.name);
  };
  const entries = new Map();
  for (const entry of lists.toReversed().flat()) entries.set(keyOf(entry), entry);
  return [...entries.values()];
}

/** @type {Replacement} */
const read = (original, path, rest) => original(found(path)[0] ?? path, ...rest);

/** @type {Replacement} */
const open = (original, path, rest) =>
  isForReading(rest[0]) ? read(original, path, rest) : original(path, ...rest);

/** @type {Replacement} */
const listSync = (original, path, [options]) => {
  const folders = found(path);
  if (folders.length < 2) return original(folders[0] ?? path, options);
  return merged(
    folders.map((folder) => original(folder, options)),
    options,
  );
};

/** @type {(...args: Parameters<Replacement>) => Promise<any[]>} */
const listPromised = async (original, path, [options]) => {
  const folders = found(path);
  if (folders.length < 2) return original(folders[0] ?? path, options);
  return merged(await Promise.all(folders.map((folder) => original(folder, options))), options);
};

/** @type {Replacement} */
const listCalled = (original, path, rest) => {
  if (found(path).length < 2) return read(original, path, rest);
  const list = callbackify(() => listPromised(readdir, path, rest.slice(0, -1)));
  return list(rest.at(-1));
};

/**
 * @param {Record<string, any>} owner
 * @param {string} name
 * @param {Replacement} replacement
 */
function replace(owner, name, replacement) {
  if (typeof owner[name] !== "function") return;
  // A proxy has the members of the original too, such as `realpath.native`.
  owner[name] = new Proxy(owner[name], {
    apply: (original, self, [path, ...rest]) => replacement(original.bind(self), path, rest),
  });
}

for (const name of [...reading, "open"]) {
  const replacement = name === "open" ? open : read;
  replace(fs, name, replacement);
  replace(fs, `${name}Sync`, replacement);
  replace(promises, name, replacement);
}
replace(fs, "readdir", listCalled);
replace(fs, "readdirSync", listSync);
replace(promises, "readdir", listPromised);
syncBuiltinESMExports();
