import { inPieces } from "./inPieces.ts";
import { codeStamp } from "./codeStamp.ts";
import { isInside } from "../code/boundary.ts";
import { functionFilesIn, includes, noFiles, type FunctionFiles } from "./functionFiles.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { isNeverCode, walkFolders } from "./scan.ts";
import { statOf } from "../../model/statOf.ts";
import type { WorkspaceWatch } from "./workspaceWatch.ts";

/** How many folders of one layer, or of code in a skipped folder, are watched. */
const MAX_FOLDERS = 1000;

/** Watches the code of functions, also in folders that aren't scanned for templates. */
export class CodeWatch {
  readonly #folders: readonly string[];
  readonly #watch: WorkspaceWatch;
  readonly #signal: AbortSignal;
  #files = new Map<string, FunctionFiles>();
  /** Walked folders, each with the identity that changes when a folder is replaced. */
  readonly #walked = new Map<string, string>();
  /** Those that have more folders than are watched. */
  readonly #partly = new Set<string>();

  constructor(folders: readonly string[], watch: WorkspaceWatch, signal: AbortSignal) {
    this.#folders = folders;
    this.#watch = watch;
    this.#signal = signal;
  }

  /**
   * Watches the code of these functions. Returns the names of those with folders that weren't watched until now: what
   * changed in them before wasn't reported.
   */
  async update(functions: Iterable<LocalFunction>): Promise<string[]> {
    const filesOf = functionFilesIn(this.#folders);
    const files = new Map<string, FunctionFiles>();
    for await (const fn of inPieces([...functions])) files.set(fn.name, filesOf(fn));
    this.#files = files;
    const all = [...this.#files.values()];
    const direct = all.flatMap(({ handlerFolder, installs, around }) => [
      handlerFolder,
      ...installs,
      ...around,
    ]);
    for await (const path of inPieces([...new Set(direct)])) this.#watch.enter(path);
    const entered: string[] = [];
    for (const layer of new Set(all.flatMap(({ layers }) => layers)))
      if (await this.#walk(layer, isNeverCode)) entered.push(layer);
    for (const folder of new Set(all.flatMap(({ hidden }) => hidden)))
      if (await this.#walk(folder, (name) => isNeverCode(name) || name === "node_modules"))
        entered.push(folder);
    const isEntered = ({ layers, hidden }: FunctionFiles): boolean =>
      entered.some((folder) => layers.includes(folder) || hidden.includes(folder));
    return [...this.#files].filter(([, files]) => isEntered(files)).map(([name]) => name);
  }

  /** Whether a change at the path affects the function. */
  includes(name: string, path: string): boolean {
    const files = this.#files.get(name);
    return files !== undefined && includes(files, path);
  }

  /** Whether changes of the function's code may not be reported. */
  missesChangesOf(name: string): boolean {
    const { roots, installs, layers, hidden } = this.#files.get(name) ?? noFiles;
    return (
      [...layers, ...hidden].some((folder) => this.#partly.has(folder)) ||
      [...roots, ...installs].some((folder) => this.#watch.missesIn(folder))
    );
  }

  /** Changes when the function's code does; undefined where that can't be determined. */
  async stampOf(name: string): Promise<string | undefined> {
    const files = this.#files.get(name);
    return files && codeStamp(files, this.#signal);
  }

  /** Makes the next update walk again the folders that contain the path or are inside it. */
  forget(path: string): void {
    for (const root of this.#walked.keys())
      if (isInside(root, path) || isInside(path, root)) this.#walked.delete(root);
  }

  /** Watches a folder and those inside it; false where they are watched already, or there's no such folder. */
  async #walk(root: string, skips: (name: string) => boolean): Promise<boolean> {
    const identity = identityOf(root);
    if (identity === undefined || this.#walked.get(root) === identity) return false;
    this.#walked.set(root, identity);
    const enter = (folder: string) => this.#watch.enter(folder);
    const complete = await walkFolders(root, { enter, skips, maxFolders: MAX_FOLDERS }, this.#signal);
    if (complete) this.#partly.delete(root);
    else this.#partly.add(root);
    return true;
  }
}

/** Undefined where there's no such folder. */
function identityOf(path: string): string | undefined {
  const stats = statOf(path);
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` : undefined;
}
