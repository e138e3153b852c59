import { watch, type FSWatcher } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isInside } from "../code/boundary.ts";
import { isIgnoreFile, isNeverCode, isInSkippedFolder, isSkipped } from "./scan.ts";
import { UnwatchedFolders, type UnwatchedReason } from "./unwatchedFolders.ts";
import { statOf } from "../../model/statOf.ts";

/** Reports changes in a folder. */
export interface Watcher {
  /** Call it for each folder inside before reading it, and for any other folder whose direct content matters. */
  enter(folder: string): void;
  /** The entered folders whose changes aren't reported. */
  readonly unwatched: UnwatchedFolders;
}

/** What watches a folder, and how many a workspace folder may have. */
export interface WatchOptions {
  platform: NodeJS.Platform;
  watch: typeof watch;
  /** The system has a limit that the editor's own watchers count towards. */
  maxWatchers: number;
}

export const watchOptions: WatchOptions = { platform: process.platform, watch, maxWatchers: 8000 };

/** Called with each changed path, or with undefined where so much changed that reports may have been lost. */
export type OnChange = (path: string | undefined) => void;

/** Watches a folder and its subfolders, except skipped ones that weren't entered, until the signal. */
export function watchFolder(
  folder: string,
  onChange: OnChange,
  signal: AbortSignal,
  options: WatchOptions = watchOptions,
): Watcher {
  return options.platform === "linux"
    ? new FolderWatchers(folder, onChange, signal, options)
    : watchRecursively(folder, onChange, signal, options);
}

function watchRecursively(
  folder: string,
  onChange: OnChange,
  signal: AbortSignal,
  options: WatchOptions,
): Watcher {
  const entered = new Set<string>();
  const unwatched = new UnwatchedFolders(folder);
  try {
    const watcher = options.watch(folder, { recursive: true, persistent: false, signal });
    watcher.on("error", (error) => unwatched.addAll(reasonOf(error), entered));
    watcher.on("change", (event, name) => {
      // Windows reports so where its buffer was too small.
      if (name === null) return onChange(undefined);
      const path = join(folder, String(name));
      const counts =
        entered.has(path) || entered.has(dirname(path)) || !isInSkippedFolder(folder, dirname(path));
      if (counts && isWanted(folder, entered, path, event)) onChange(path);
    });
  } catch (error) {
    unwatched.addAll(reasonOf(error), entered);
  }
  const enter = (path: string) => {
    entered.add(path);
    if (unwatched.hasAll) unwatched.add(path, [...unwatched.reasons][0] ?? "");
    else if (!isInside(folder, path)) unwatched.add(path, "outside");
  };
  return { enter, unwatched };
}

function reasonOf(error: unknown): UnwatchedReason {
  return (error as NodeJS.ErrnoException).code ?? "unknown";
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

/**
 * How many changes are reported in one turn of the event loop before some may be missing: a quarter of the length of
 * Linux's queue, because changes in folders that are no longer watched, which aren't reported, count too.
 */
const MAX_CHANGES_PER_TURN = 4096;

/** Watches each entered folder separately: on Linux, `recursive` would watch every folder of `node_modules` too. */
class FolderWatchers implements Watcher {
  readonly unwatched: UnwatchedFolders;
  readonly #watchers = new Map<string, { watcher: FSWatcher; inode: number }>();
  /** Folders whose watcher failed after its start, with their inodes; another attempt would fail as late. */
  readonly #failed = new Map<string, { inode: number; reason: UnwatchedReason }>();
  /** Including deleted folders, which may be created again. */
  readonly #entered = new Set<string>();
  readonly #root: string;
  readonly #onChange: OnChange;
  readonly #signal: AbortSignal;
  readonly #options: WatchOptions;
  #changesInTurn = 0;

  constructor(root: string, onChange: OnChange, signal: AbortSignal, options: WatchOptions) {
    this.unwatched = new UnwatchedFolders(root);
    this.#root = root;
    this.#onChange = onChange;
    this.#signal = signal;
    this.#options = options;
    // One listener for all, because each addition of one compares it with all others.
    signal.addEventListener("abort", () => {
      for (const { watcher } of this.#watchers.values()) watcher.close();
      this.#watchers.clear();
    });
  }

  enter(folder: string): void {
    this.#entered.add(folder);
    if (this.#signal.aborted) return;
    const inode = statOf(folder)?.ino;
    if (inode !== undefined && this.#watchers.get(folder)?.inode === inode) return;
    if (this.#watchers.has(folder)) this.#leave(folder);
    if (inode === undefined) return this.#noteRootGone(folder);
    const failed = this.#failed.get(folder);
    if (failed?.inode === inode) return this.unwatched.add(folder, failed.reason);
    if (this.#watchers.size >= this.#options.maxWatchers) return this.unwatched.add(folder, "limit");
    this.#watch(folder, inode);
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = this.#options.watch(folder, { persistent: false });
      this.#watchers.set(folder, { watcher, inode });
      this.unwatched.delete(folder);
      watcher.on("error", (error) => {
        watcher.close();
        if (this.#watchers.get(folder)?.watcher !== watcher) return;
        this.#watchers.delete(folder);
        this.#failed.set(folder, { inode, reason: reasonOf(error) });
        this.unwatched.addUnread(folder, reasonOf(error));
      });
      watcher.on("change", (event, name) => this.#changed(folder, event, String(name)));
    } catch (error) {
      this.#noteUnwatched(folder, error);
    }
  }

  #noteUnwatched(folder: string, error: unknown): void {
    const reason = reasonOf(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") this.#noteRootGone(folder);
    else this.unwatched.add(folder, reason);
  }

  /** Nobody reports that the workspace folder itself comes back. */
  #noteRootGone(folder: string): void {
    if (folder === this.#root) this.unwatched.add(folder, "gone");
  }

  #changed(folder: string, event: string, name: string): void {
    this.#count();
    const path = join(folder, name);
    // A watcher stays with its folder after a rename. A folder's own deletion is reported under its own name.
    const hasLeft = event === "rename" && this.#leave(path);
    if (event === "rename" && folder.endsWith(sep + name)) {
      this.#leave(folder);
      this.#noteRootGone(folder);
      this.#onChange(folder);
    }
    // What was left and still exists is only entered again after a change.
    if (hasLeft || isWanted(this.#root, this.#entered, path, event)) this.#onChange(path);
  }

  #count(): void {
    if (this.#changesInTurn === 0)
      setImmediate(() => {
        const hasLost = this.#changesInTurn >= MAX_CHANGES_PER_TURN;
        this.#changesInTurn = 0;
        if (hasLost && !this.#signal.aborted) this.#onChange(undefined);
      });
    this.#changesInTurn += 1;
  }

  /** Stops watching a folder and its subfolders, and returns whether any was entered. */
  #leave(folder: string): boolean {
    // Skipped folders may have subfolders that were entered.
    if (!this.#watchers.has(folder) && !this.unwatched.has(folder) && !isSkipped(basename(folder)))
      return false;
    const hadUnwatched = this.unwatched.missesIn(folder);
    this.unwatched.deleteIn(folder);
    const left = [...this.#watchers].filter(([path]) => path === folder || path.startsWith(folder + sep));
    for (const [path, { watcher }] of left) {
      watcher.close();
      this.#watchers.delete(path);
    }
    return hadUnwatched || left.length > 0;
  }
}
