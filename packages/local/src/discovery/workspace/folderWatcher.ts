import { watch, type FSWatcher } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isIgnoreFile, isNeverCode, isInSkippedFolder, isSkipped } from "./scan.ts";
import { statOf } from "../../model/statOf.ts";

/** Reports changes in a folder. */
export interface Watcher {
  /** Call it for each folder inside before reading it, and for any other folder whose direct content matters. */
  enter(folder: string): void;
}

/** Watches a folder and its subfolders, except skipped ones that weren't entered, until the signal. */
export function watchFolder(folder: string, onChange: (path: string) => void, signal: AbortSignal): Watcher {
  return process.platform === "linux"
    ? new FolderWatchers(folder, onChange, signal)
    : watchRecursively(folder, onChange, signal);
}

function watchRecursively(folder: string, onChange: (path: string) => void, signal: AbortSignal): Watcher {
  const entered = new Set<string>();
  try {
    const watcher = watch(folder, { recursive: true, persistent: false, signal });
    watcher.on("error", () => {});
    watcher.on("change", (event, name) => {
      const path = join(folder, String(name));
      const counts =
        entered.has(path) || entered.has(dirname(path)) || !isInSkippedFolder(folder, dirname(path));
      if (counts && isWanted(folder, entered, path, event)) onChange(path);
    });
  } catch {
    // The folder is gone, or its file system can't be watched. An invocation still checks the files it needs.
  }
  return { enter: (path) => entered.add(path) };
}

/**
 * Filters out changes of skipped names, unless the folder was entered, everything around it counts, or it may be a new
 * folder of code. Windows also reports a folder as changed whenever its content changes.
 */
function isWanted(root: string, entered: ReadonlySet<string>, path: string, event: string): boolean {
  const isFolder = () => statOf(path)?.isDirectory() === true;
  if (event === "change" && isFolder()) return false;
  const name = basename(path);
  if (isNeverCode(name)) return entered.has(path);
  if (!isSkipped(name) || isIgnoreFile(path) || entered.has(path) || isInSkippedFolder(root, dirname(path)))
    return true;
  return event === "rename" && isFolder();
}

/** The system has a limit that the editor's own watchers count towards. */
const MAX_WATCHERS = 8000;

/** Watches each entered folder separately: on Linux, `recursive` would watch every folder of `node_modules` too. */
class FolderWatchers implements Watcher {
  readonly #watchers = new Map<string, { watcher: FSWatcher; inode: number }>();
  /** Including deleted folders, which may be created again. */
  readonly #entered = new Set<string>();
  readonly #root: string;
  readonly #onChange: (path: string) => void;
  readonly #signal: AbortSignal;

  constructor(root: string, onChange: (path: string) => void, signal: AbortSignal) {
    this.#root = root;
    this.#onChange = onChange;
    this.#signal = signal;
    // One listener for all, because each addition of one compares it with all others.
    signal.addEventListener("abort", () => {
      for (const { watcher } of this.#watchers.values()) watcher.close();
      this.#watchers.clear();
    });
  }

  enter(folder: string): void {
    this.#entered.add(folder);
    if (this.#signal.aborted) return;
    try {
      const inode = statOf(folder)?.ino;
      if (inode === undefined || this.#watchers.get(folder)?.inode === inode) return;
      this.#leave(folder);
      if (this.#watchers.size >= MAX_WATCHERS) return;
      const watcher = watch(folder, { persistent: false });
      this.#watchers.set(folder, { watcher, inode });
      watcher.on("error", () => this.#leave(folder));
      watcher.on("change", (event, name) => this.#changed(folder, event, String(name)));
    } catch {
      // The folder is gone again, or the system has no watches left. An invocation still checks the files it needs.
    }
  }

  #changed(folder: string, event: string, name: string): void {
    const path = join(folder, name);
    // A watcher stays with its folder after a rename. A folder's own deletion is reported under its own name.
    if (event === "rename") {
      this.#leave(path);
      if (folder.endsWith(sep + name)) {
        this.#leave(folder);
        this.#onChange(folder);
      }
    }
    if (isWanted(this.#root, this.#entered, path, event)) this.#onChange(path);
  }

  /** Stops watching a folder and its subfolders; those that still exist are entered again by the next scan. */
  #leave(folder: string): void {
    if (!this.#watchers.has(folder)) return;
    for (const [path, { watcher }] of this.#watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
  }
}
