import { statSync, type Stats } from "node:fs";

/**
 * The stats of a path; undefined where nothing exists or it isn't accessible, such as a folder without permission or a
 * cycle of links. Synchronous, because that takes a few µs, less than queueing a call.
 */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
