import { statSync } from "node:fs";
import { isInside } from "../code/boundary.ts";
import { extents, includes, type Extent } from "./extent.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { isNeverCode, walkFolders } from "./scan.ts";

/** So many folders of a layer, or of code in a folder that is skipped, are watched at most. */
const mostFolders = 1000;

/** Sees to it that what functions run is watched, also where no templates are looked for. */
export class CodeWatch {
  readonly #folders: readonly string[];
  readonly #enter: (folder: string) => void;
  readonly #signal: AbortSignal;
  #extents = new Map<string, Extent>();
  /** The folders that were walked through, with what tells each from another of the same name. */
  readonly #walked = new Map<string, string>();

  constructor(folders: readonly string[], enter: (folder: string) => void, signal: AbortSignal) {
    this.#folders = folders;
    this.#enter = enter;
    this.#signal = signal;
  }

  /** Watches what these functions run now. */
  async update(functions: readonly LocalFunction[]): Promise<void> {
    const extentOf = extents(this.#folders);
    this.#extents = new Map(functions.map((fn) => [fn.name, extentOf(fn)]));
    const all = [...this.#extents.values()];
    const direct = all.flatMap(({ handlerFolder, installs }) => [handlerFolder, ...installs]);
    for (const path of new Set(direct)) this.#enter(path);
    for (const { layers, hidden } of all) {
      for (const layer of layers) await this.#walk(layer, isNeverCode);
      for (const folder of hidden)
        await this.#walk(folder, (name) => isNeverCode(name) || name === "node_modules");
    }
  }

  /** Whether what changed at the path changes the function. */
  includes(name: string, path: string): boolean {
    const extent = this.#extents.get(name);
    return extent !== undefined && includes(extent, path);
  }

  /** Has folders walked through again of which this is a part, or that are in it. */
  forget(path: string): void {
    for (const root of this.#walked.keys())
      if (isInside(root, path) || isInside(path, root)) this.#walked.delete(root);
  }

  async #walk(root: string, skips: (name: string) => boolean): Promise<void> {
    const identity = identityOf(root);
    if (identity === undefined || this.#walked.get(root) === identity) return;
    this.#walked.set(root, identity);
    await walkFolders(root, { enter: this.#enter, skips, most: mostFolders }, this.#signal);
  }
}

/** Of a folder; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` : undefined;
}
