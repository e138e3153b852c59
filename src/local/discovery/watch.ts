import { watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { isSkipped, walk } from "./scan.ts";

/** Watches a folder and all that is in it, but for what `scan` skips, until the signal; tells the path of each change. */
export function watchTree(folder: string, onChange: (path: string) => void, signal: AbortSignal): void {
  if (process.platform === "linux") void new FolderWatchers(onChange, signal).add(folder);
  else watchRecursively(folder, onChange, signal);
}

function watchRecursively(folder: string, onChange: (path: string) => void, signal: AbortSignal): void {
  try {
    const watcher = watch(folder, { recursive: true, persistent: false, signal });
    watcher.on("error", () => {});
    watcher.on("change", (_event, name) => {
      const path = join(folder, String(name));
      if (!relative(folder, path).split(sep).some(isSkipped)) onChange(path);
    });
  } catch {
    // The folder is gone, or its file system cannot be watched: an invocation still looks at the files it needs.
  }
}

/** On Linux `recursive` would watch every folder of node_modules too; this watches the others, one watcher each. */
class FolderWatchers {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: (path: string) => void;
  readonly #signal: AbortSignal;

  constructor(onChange: (path: string) => void, signal: AbortSignal) {
    this.#onChange = onChange;
    this.#signal = signal;
  }

  async add(folder: string): Promise<void> {
    await walk(folder, { enter: (path) => this.#watch(path), visit: () => {} }, this.#signal).catch(() => {});
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder) || this.#signal.aborted) return;
    try {
      const watcher = watch(folder, { persistent: false, signal: this.#signal });
      this.#watchers.set(folder, watcher);
      watcher.on("error", () => this.#forget(folder));
      watcher.on("change", (event, name) => this.#changed(folder, event, String(name)));
    } catch {
      // It is gone again, or there are no watches left: an invocation still looks at the files it needs.
    }
  }

  #changed(folder: string, event: string, name: string): void {
    if (isSkipped(name)) return;
    const path = join(folder, name);
    if (event === "rename") void this.#appearedOrWent(path);
    this.#onChange(path);
  }

  async #appearedOrWent(path: string): Promise<void> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) {
      await this.add(path);
      // For what came into it before it was watched.
      this.#onChange(path);
    } else if (!found) this.#forget(path);
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
