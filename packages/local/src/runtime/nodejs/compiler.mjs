// Loads TypeScript's compiler, which takes longer than all else of a cold start: what the engine has made of it is kept.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Writing takes a while, so it's done when the function has its first event. */
const WRITE_AFTER_MS = 1000;

/** By their paths: functions may have compilers of their own. @type {Map<string, any>} */
const loaded = new Map();

/**
 * The compiler's API.
 * @param {string} path
 * @param {string} cache a folder that is there
 * @returns {any}
 */
export function loadCompiler(path, cache) {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const compiler = load(path, cache);
  loaded.set(path, compiler);
  return compiler;
}

/**
 * @param {string} path
 * @param {string} cache
 */
function load(path, cache) {
  const { mtimeMs, size } = statSync(path);
  const key = createHash("sha256").update([path, mtimeMs, size, process.version].join("\0")).digest("hex");
  const file = join(cache, `${key}.bin`);
  const cachedData = read(file);
  // As Node.js wraps a module.
  const code = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, "utf8")}\n})`;
  const script = new Script(code, { filename: path, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
  if (!cachedData || script.cachedDataRejected) setTimeout(write, WRITE_AFTER_MS, script, file).unref();
  return module.exports;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * @param {Script} script
 * @param {string} file
 */
function write(script, file) {
  try {
    // Another process may write the same.
    writeFileSync(`${file}.${process.pid}`, script.createCachedData(), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // The service has ended, or the disk is full: the next process is as slow as this one was.
  }
}
