import { isInside } from "../code/boundary.ts";
import { watchFolder, type OnChange, type Watcher, type WatchOptions } from "./folderWatcher.ts";
import type { UnwatchedReason } from "./unwatchedFolders.ts";

/** Watches the folders of a workspace. */
export class WorkspaceWatch {
  readonly #folders: readonly string[];
  readonly #watchers: readonly Watcher[];

  constructor(folders: readonly string[], onChange: OnChange, signal: AbortSignal, options: WatchOptions) {
    this.#folders = folders;
    this.#watchers = folders.map((folder) => watchFolder(folder, onChange, signal, options));
  }

  /** Starts watching a folder; call it before reading the folder. */
  enter(folder: string): void {
    const index = this.#folders.findIndex((root) => isInside(root, folder));
    this.#watchers[Math.max(0, index)]?.enter(folder);
  }

  /** Whether changes in the folder, or in one inside it, may not be reported. */
  missesIn(folder: string): boolean {
    return this.#watchers.some(({ unwatched }) => unwatched.missesIn(folder));
  }

  /** Unwatched folders in which something was added or removed. */
  takeChanged(): string[] {
    return this.#watchers.flatMap(({ unwatched }) => unwatched.takeChanged());
  }

  /** Why some folders aren't watched. */
  get reasons(): ReadonlySet<UnwatchedReason> {
    return new Set(this.#watchers.flatMap(({ unwatched }) => [...unwatched.reasons]));
  }
}
