import { sep } from "node:path";
import { isInside } from "../code/boundary.ts";
import { folderStamp } from "../../model/fileStamp.ts";

/**
 * Why a folder isn't watched: the code of the system's error, such as `ENOSPC`; `limit`, Local's own; `outside` of what the
 * system reports on; `gone`, the workspace folder itself, whose return nobody reports.
 */
export type UnwatchedReason = string;

/** How many folders are compared before an invocation; the next ones before the next invocation. */
const MAX_COMPARED = 2000;

interface Unwatched {
  /** From before it was read. */
  stamp: string;
  reason: UnwatchedReason;
}

/** Folders whose changes aren't reported. */
export class UnwatchedFolders {
  readonly #root: string;
  readonly #folders = new Map<string, Unwatched>();
  #hasAll = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** Whether nothing in the workspace folder is watched. */
  get hasAll(): boolean {
    return this.#hasAll;
  }

  get reasons(): ReadonlySet<UnwatchedReason> {
    return new Set([...this.#folders.values()].map(({ reason }) => reason));
  }

  add(folder: string, reason: UnwatchedReason): void {
    this.#folders.set(folder, { stamp: folderStamp(folder), reason });
  }

  /** Adds a folder that may have changed since it was read. */
  addUnread(folder: string, reason: UnwatchedReason): void {
    this.#folders.set(folder, { stamp: "unread", reason });
  }

  /** Adds the workspace folder with everything in it: with the folders that were entered. */
  addAll(reason: UnwatchedReason, entered: ReadonlySet<string>): void {
    this.#hasAll = true;
    for (const folder of [this.#root, ...entered]) this.addUnread(folder, reason);
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  delete(folder: string): void {
    this.#folders.delete(folder);
  }

  /** Deletes the folder and those inside it. */
  deleteIn(folder: string): void {
    for (const path of this.#folders.keys())
      if (path === folder || path.startsWith(folder + sep)) this.#folders.delete(path);
  }

  /** Whether changes in the folder, or in one inside it, may not be reported. */
  missesIn(folder: string): boolean {
    if (this.#folders.size === 0) return false;
    if (this.#hasAll && isInside(this.#root, folder)) return true;
    return [...this.#folders.keys()].some((path) => path === folder || path.startsWith(folder + sep));
  }

  /** Returns those in which something was added or removed since the last call, of as many as are compared at a time. */
  takeChanged(): string[] {
    const changed: string[] = [];
    for (const [folder, { stamp, reason }] of [...this.#folders].slice(0, MAX_COMPARED)) {
      const current = folderStamp(folder);
      // Moves it to the end.
      this.#folders.delete(folder);
      if (current !== "missing" || folder === this.#root)
        this.#folders.set(folder, { stamp: current, reason });
      if (current !== stamp) changed.push(folder);
    }
    return changed;
  }
}
