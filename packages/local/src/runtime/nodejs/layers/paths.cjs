"use strict";
// Lambda unpacks layers into `/opt`, a later one over an earlier one. Here they stay in their own folders.
const paths = require("node:path");
const { fileURLToPath } = require("node:url");

/** The folders of the layers, last one first. @type {readonly string[]} */
const layers = JSON.parse(process.env["_LAMBDA_LOCAL_LAYERS"] ?? "[]").toReversed();
const taskRoot = process.env["LAMBDA_TASK_ROOT"] ?? "";

const opt = process.platform === "win32" ? /^([a-z]:)?\\opt(\\|$)/i : /^\/opt(\/|$)/;

/**
 * The files that a path in `/opt` means if they exist, best first; none for another path.
 * @param {string} path
 * @returns {string[]}
 */
function inLayers(path) {
  if (layers.length === 0 || !/^([a-z]:)?[\\/]opt/i.test(path)) return [];
  const normal = paths.normalize(path);
  if (!opt.test(normal)) return [];
  const part = normal.replace(opt, "");
  return layers.map((layer) => paths.join(layer, part));
}

/**
 * The same for what is imported by a file: by a path in `/opt`, or relative to a file of a layer.
 * @param {string} specifier A path or the URL of a file, absolute or relative, or a package
 * @param {string | undefined} parent The path of the file
 * @returns {string[]}
 */
function importedFromLayers(specifier, parent) {
  if (specifier.startsWith("file:")) return inLayers(fileURLToPath(specifier));
  if (paths.isAbsolute(specifier)) return inLayers(specifier);
  if (parent === undefined || !/^\.{1,2}([\\/]|$)/.test(specifier)) return [];
  const path = paths.join(paths.dirname(parent), specifier);
  const layer = layers.length > 1 && !isIn(taskRoot, parent) && layers.find((each) => isIn(each, parent));
  return inLayers(layer && isIn(layer, path) ? paths.join("/opt", paths.relative(layer, path)) : path);
}

/**
 * @param {string} folder
 * @param {string} path
 */
function isIn(folder, path) {
  return path.startsWith(folder.endsWith(paths.sep) ? folder : folder + paths.sep);
}

module.exports = { importedFromLayers, inLayers };
