// AWS's runtime clients were made for Linux. On Windows two places of them need another word: a path that begins with a
// drive letter is no URL that `import()` takes, and a search through the parent folders must end at the drive's root.

/** @type {readonly [string | RegExp, string][]} */
const mends = [
  [/await import\((path\d)\)/, 'await import(process.getBuiltinModule("node:url").pathToFileURL($1).href)'],
  ['if (folder === "/") {', 'if (folder === path.resolve(folder, "..")) {'],
];

/**
 * The client's source with what Windows needs.
 * @param {string} source
 */
export function mendForWindows(source) {
  let mended = source;
  for (const [from, to] of mends) mended = mended.replace(from, to);
  return mended;
}
