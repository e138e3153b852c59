import { watch, type FSWatcher } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isSkipped } from "./scan.ts";

/** Tells what changes in a folder. */
export interface Watcher {
  /** To be called with each folder in it before that is read; and with others whose direct content matters. */
  enter(folder: string): void;
  /** To be called with what is no longer there. */
  leave(path: string): void;
}

/** Watches a folder and all that is in it, but for what is skipped, until the signal; tells the path of each change. */
export function watchFolder(folder: string, onChange: (path: string) => void, signal: AbortSignal): Watcher {
  return process.platform === "linux"
    ? new FolderWatchers(onChange, signal)
    : watchRecursively(folder, onChange, signal);
}

function watchRecursively(folder: string, onChange: (path: string) => void, signal: AbortSignal): Watcher {
  const entered = new Set<string>();
  try {
    const watcher = watch(folder, { recursive: true, persistent: false, signal });
    watcher.on("error", () => {});
    watcher.on("change", (_event, name) => {
      const path = join(folder, String(name));
      const skipped = relative(folder, path).split(sep).some(isSkipped);
      if (!skipped || entered.has(dirname(path))) onChange(path);
    });
  } catch {
    // The folder is gone, or its file system cannot be watched: an invocation still looks at the files it needs.
  }
  return { enter: (path) => entered.add(path), leave: (path) => entered.delete(path) };
}

/** The system has a limit, which the editor's own watchers share. */
const mostWatchers = 8000;

/** On Linux `recursive` would watch every folder of node_modules too; this watches those entered, one watcher each. */
class FolderWatchers implements Watcher {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: (path: string) => void;
  readonly #signal: AbortSignal;

  constructor(onChange: (path: string) => void, signal: AbortSignal) {
    this.#onChange = onChange;
    this.#signal = signal;
  }

  enter(folder: string): void {
    if (this.#watchers.has(folder) || this.#watchers.size >= mostWatchers || this.#signal.aborted) return;
    try {
      const watcher = watch(folder, { persistent: false, signal: this.#signal });
      this.#watchers.set(folder, watcher);
      watcher.on("error", () => this.leave(folder));
      watcher.on("change", (_event, name) => {
        if (!isSkipped(String(name))) this.#onChange(join(folder, String(name)));
      });
    } catch {
      // It is gone again, or there are no watches left: an invocation still looks at the files it needs.
    }
  }

  leave(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }
}
