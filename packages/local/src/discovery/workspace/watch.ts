import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isNeverCode, isPassedOver, isSkipped } from "./scan.ts";

/** Tells what changes in a folder. */
export interface Watcher {
  /** To be called with each folder in it before that is read; and with others whose direct content matters. */
  enter(folder: string): void;
}

/** Watches a folder and all that is in it, but for what is skipped and not entered, until the signal; tells the path of each change. */
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
      const counts = entered.has(path) || entered.has(dirname(path)) || !isPassedOver(folder, dirname(path));
      if (counts && isWanted(folder, entered, path, event)) onChange(path);
    });
  } catch {
    // The folder is gone, or its file system cannot be watched: an invocation still looks at the files it needs.
  }
  return { enter: (path) => entered.add(path) };
}

/**
 * A name that is skipped counts where all around it does, where it was entered, and where it may be a new folder of code. On
 * Windows a folder is said to have changed whenever what is in it has.
 */
function isWanted(root: string, entered: ReadonlySet<string>, path: string, event: string): boolean {
  const isFolder = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (event === "change" && isFolder()) return false;
  const name = basename(path);
  if (isNeverCode(name)) return entered.has(path);
  if (!isSkipped(name) || entered.has(path) || isPassedOver(root, dirname(path))) return true;
  return event === "rename" && isFolder();
}

/** The system has a limit, which the editor's own watchers share. */
const mostWatchers = 8000;

/** On Linux `recursive` would watch every folder of node_modules too; this watches those entered, one watcher each. */
class FolderWatchers implements Watcher {
  readonly #watchers = new Map<string, { watcher: FSWatcher; inode: number }>();
  /** Those that are gone too: they may come again. */
  readonly #entered = new Set<string>();
  readonly #root: string;
  readonly #onChange: (path: string) => void;
  readonly #signal: AbortSignal;

  constructor(root: string, onChange: (path: string) => void, signal: AbortSignal) {
    this.#root = root;
    this.#onChange = onChange;
    this.#signal = signal;
  }

  enter(folder: string): void {
    this.#entered.add(folder);
    if (this.#signal.aborted) return;
    try {
      const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
      if (inode === undefined || this.#watchers.get(folder)?.inode === inode) return;
      this.#leave(folder);
      if (this.#watchers.size >= mostWatchers) return;
      const watcher = watch(folder, { persistent: false, signal: this.#signal });
      this.#watchers.set(folder, { watcher, inode });
      watcher.on("error", () => this.#leave(folder));
      watcher.on("change", (event, name) => this.#changed(folder, event, String(name)));
    } catch {
      // It is gone again, or there are no watches left: an invocation still looks at the files it needs.
    }
  }

  #changed(folder: string, event: string, name: string): void {
    const path = join(folder, name);
    // A watcher stays with the folder it was made for, whatever has its name now; its own end comes under its own name.
    if (event === "rename") {
      this.#leave(path);
      if (folder.endsWith(sep + name)) {
        this.#leave(folder);
        this.#onChange(folder);
      }
    }
    if (isWanted(this.#root, this.#entered, path, event)) this.#onChange(path);
  }

  /** A folder and all in it; what is still there is entered again when it is looked at. */
  #leave(folder: string): void {
    if (!this.#watchers.has(folder)) return;
    for (const [path, { watcher }] of this.#watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
  }
}
