import { isInside } from "../code/boundary.ts";
import { functionFilesIn, includes, type FunctionFiles } from "./functionFiles.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { isNeverCode, walkFolders } from "./scan.ts";
import { statOf } from "../../model/statOf.ts";

/** How many folders of one layer, or of code in a skipped folder, are watched. */
const MAX_FOLDERS = 1000;

/** Watches the code of functions, also in folders that aren't scanned for templates. */
export class CodeWatch {
  readonly #folders: readonly string[];
  readonly #enter: (folder: string) => void;
  readonly #signal: AbortSignal;
  #files = new Map<string, FunctionFiles>();
  /** Walked folders, each with the identity that changes when a folder is replaced. */
  readonly #walked = new Map<string, string>();

  constructor(folders: readonly string[], enter: (folder: string) => void, signal: AbortSignal) {
    this.#folders = folders;
    this.#enter = enter;
    this.#signal = signal;
  }

  /** Watches the code of these functions. */
  async update(functions: readonly LocalFunction[]): Promise<void> {
    const filesOf = functionFilesIn(this.#folders);
    this.#files = new Map(functions.map((fn) => [fn.name, filesOf(fn)]));
    const all = [...this.#files.values()];
    const direct = all.flatMap(({ handlerFolder, installs }) => [handlerFolder, ...installs]);
    for (const path of new Set(direct)) this.#enter(path);
    for (const { layers, hidden } of all) {
      for (const layer of layers) await this.#walk(layer, isNeverCode);
      for (const folder of hidden)
        await this.#walk(folder, (name) => isNeverCode(name) || name === "node_modules");
    }
  }

  /** Whether a change at the path affects the function. */
  includes(name: string, path: string): boolean {
    const files = this.#files.get(name);
    return files !== undefined && includes(files, path);
  }

  /** Makes the next update walk again the folders that contain the path or are inside it. */
  forget(path: string): void {
    for (const root of this.#walked.keys())
      if (isInside(root, path) || isInside(path, root)) this.#walked.delete(root);
  }

  async #walk(root: string, skips: (name: string) => boolean): Promise<void> {
    const identity = identityOf(root);
    if (identity === undefined || this.#walked.get(root) === identity) return;
    this.#walked.set(root, identity);
    await walkFolders(root, { enter: this.#enter, skips, maxFolders: MAX_FOLDERS }, this.#signal);
  }
}

/** Undefined where there's no such folder. */
function identityOf(path: string): string | undefined {
  const stats = statOf(path);
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` : undefined;
}
