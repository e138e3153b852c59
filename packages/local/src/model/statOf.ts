import { statSync, type Stats } from "node:fs";

/**
 * What is at a path; undefined where there is nothing, or nothing that can be looked at: a folder may be closed to this
 * user, and links may lead in a circle. A synchronous stat takes a few µs, less than to queue one.
 */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
