/** Where Lambda has a function's code. */
const TASK = "/var/task/";

/** A file of the workspace. */
export interface SourceFile<T> {
  /** Below its workspace folder, with slashes. */
  relativePath: string;
  /** Its absolute path, with slashes. */
  path: string;
  file: T;
}

/** The path of a frame with slashes, and without what a bundler or a URL puts in front. */
export function plainPath(path: string): string {
  const slashed = path.replaceAll("\\", "/");
  const local = /^[a-z-]+:\/\/(?=.)/.test(slashed) ? decoded(slashed.replace(/^[a-z-]+:\/\//, "")) : slashed;
  return local.replace(/^\/(?=[A-Za-z]:\/)/, "").replace(/^\/?(?:\.{1,2}\/)+/, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Finds the one file of the workspace that a frame's path fits; undefined if there's none, or more than one that fits as
 * well. `files` have the name of the frame's file.
 *
 * - An absolute path of a file of the workspace is that file.
 * - A path below `/var/task`, or a relative one, must be the end of the file's path.
 * - Any other was made on a machine whose folders aren't known: the file must lie in a folder of the same name, or in the
 *   workspace's own.
 */
export function fittingFile<T>(path: string, files: readonly SourceFile<T>[]): T | undefined {
  const wanted = plainPath(path);
  const exact = files.find((each) => each.path === wanted);
  if (exact) return exact.file;
  const isTask = wanted.startsWith(TASK);
  const isRelative = !/^(?:[A-Za-z]:)?\//.test(wanted);
  const end = isTask ? wanted.slice(TASK.length) : wanted;
  const fits = files.filter(({ path: own, relativePath }) => {
    if (isTask || isRelative) return own.endsWith(`/${end}`);
    return end.endsWith(`/${relativePath}`) || commonEnd(end, own) > 1;
  });
  const best = Math.max(...fits.map((each) => commonEnd(end, each.path)));
  const [only, ...others] = fits.filter((each) => commonEnd(end, each.path) === best);
  return others.length === 0 ? only?.file : undefined;
}

/** How many names at the end of two paths are the same. */
function commonEnd(a: string, b: string): number {
  const [first, second] = [a.split("/").toReversed(), b.split("/").toReversed()];
  const end = first.findIndex((name, index) => name !== second[index]);
  return end < 0 ? first.length : end;
}
