// AWS's runtime clients are made for Linux. Windows needs two changes: `import()` takes a URL instead of a path with a drive
// letter, and the search through the parent folders ends at the root of the drive.

/** @type {readonly [string | RegExp, string][]} */
const replacements = [
  [/await import\((path\d)\)/, 'await import(process.getBuiltinModule("node:url").pathToFileURL($1).href)'],
  ['if (folder === "/") {', 'if (folder === path.resolve(folder, "..")) {'],
];

/**
 * Adapts the source of a client to Windows.
 * @param {string} source
 */
export function patchForWindows(source) {
  let patched = source;
  for (const [from, to] of replacements) patched = patched.replace(from, to);
  return patched;
}
