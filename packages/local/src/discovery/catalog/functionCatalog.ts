import { tmpdir } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { FoundFunctions } from "../../contract/found.ts";
import type { LocalState } from "../../contract/state.ts";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import { createBoundary } from "../code/boundary.ts";
import { CodeStore } from "../code/codeStore.ts";
import { CodeWatch } from "../workspace/codeWatch.ts";
import { assignedNames, listMembers, type WorkspaceFiles } from "./members.ts";
import { EarlyListing } from "./earlyListing.ts";
import { findFunctions } from "./foundFunctions.ts";
import { mergeTemplates } from "./mergeTemplates.ts";
import type { FindCodeLayout } from "../../model/handler.ts";
import { whyOutside } from "./outsideCode.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { toReported } from "../../model/problem.ts";
import { findTemplates, isIgnoreFile, isInSkippedFolder, mayBeTemplate } from "../workspace/scan.ts";
import { CatalogEntries, type CatalogEntry } from "./catalogEntries.ts";
import { TemplateCache } from "./templateCache.ts";
import { createWorkspaceFiles } from "./workspaceFiles.ts";
import type { TemplateHost } from "./templateFile.ts";
import { watchOptions, type WatchOptions } from "../workspace/folderWatcher.ts";
import { WorkspaceWatch } from "../workspace/workspaceWatch.ts";
import { workspaceProblems } from "./workspaceProblems.ts";
import { nextTurn } from "../workspace/nextTurn.ts";
import { statOf } from "../../model/statOf.ts";

/** What discovery uses of this machine. */
export interface DiscoveryHost {
  codeLayoutOf: FindCodeLayout;
  env: Readonly<Record<string, string | undefined>>;
  /** Node.js, or Electron that runs as Node.js with `env`. */
  executable: string;
  /** Where code is unpacked, in a folder that is deleted at the signal. */
  temp: string;
  maxFolders: number;
  /** How long to wait for the Serverless Framework before listing the other functions. */
  printGraceMs: number;
  watching: WatchOptions;
}

/** Is told what is known of the workspace. */
export interface CatalogListener {
  onState: (state: LocalState) => void;
  /** Called before the first state with functions, if reading takes so long, with those found so far. */
  onFound?: (found: FoundFunctions) => void;
}

const emptyWorkspace: LocalWorkspace = { folders: [], trusted: false };

const PRINT_TIMEOUT_MS = 15_000;

/** The functions that the workspace's templates declare, kept up to date. */
export class FunctionCatalog {
  readonly #listener: CatalogListener;
  readonly #signal: AbortSignal;
  readonly #host: DiscoveryHost;
  readonly #store: CodeStore;
  #boundary = createBoundary([], false);
  #templates: TemplateCache;
  #watch: WorkspaceWatch;
  #code: CodeWatch;
  readonly #entries = new CatalogEntries();
  #published = "";
  #workspace = emptyWorkspace;
  #watching = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #pendingScans = new Set<string>();
  #updateQueued = false;
  #incomplete = false;

  constructor(
    listener: CatalogListener,
    signal: AbortSignal,
    host: Pick<DiscoveryHost, "codeLayoutOf"> & Partial<DiscoveryHost>,
  ) {
    this.#listener = listener;
    this.#signal = signal;
    this.#host = {
      env: process.env,
      executable: process.execPath,
      temp: tmpdir(),
      maxFolders: 20_000,
      printGraceMs: 2000,
      watching: watchOptions,
      ...host,
    };
    this.#store = new CodeStore(this.#host.temp, signal);
    this.#templates = this.#newTemplates();
    this.#watch = this.#newWatch();
    this.#code = this.#newCode();
    signal.addEventListener("abort", () => this.#watching.abort());
  }

  /** Replaces the workspace whose functions are listed. */
  setWorkspace(workspace: LocalWorkspace): void {
    this.#workspace = workspace.trusted ? workspace : emptyWorkspace;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { folders } = this.#workspace;
    this.#watch = this.#newWatch();
    this.#boundary = createBoundary(folders, this.#workspace.outsideAllowed ?? false);
    this.#templates = this.#newTemplates();
    this.#code = this.#newCode();
    this.#incomplete = false;
    this.#pendingScans.clear();
    this.#rescan(folders);
  }

  /** The functions by name, with everything that was saved before the call. */
  async entries(signal: AbortSignal): Promise<ReadonlyMap<string, CatalogEntry>> {
    // The event loop polls once in between, and the watchers report what was saved until now.
    await setImmediate();
    await setImmediate();
    await this.#work;
    signal.throwIfAborted();
    const changed = this.#watch.takeChanged();
    for (const folder of changed) this.#code.forget(folder);
    if (changed.length > 0 || (await this.#templates.isStale())) {
      this.#rescan(changed);
      await this.#work;
    }
    return this.#entries.all;
  }

  /** The function's revision, after comparing code that isn't watched with what ran before. */
  async revisionOf(entry: CatalogEntry): Promise<number> {
    if (!this.#incomplete && !this.#code.missesChangesOf(entry.fn.name)) return entry.revision;
    this.#entries.noteStamp(entry, await this.#code.stampOf(entry.fn.name));
    return entry.revision;
  }

  /** The function, or the same function with the reason why it may not run: its code is outside the workspace by now. */
  confine(fn: LocalFunction): LocalFunction {
    const why = whyOutside(fn, (path) => this.#boundary.allows(path) || this.#store.holds(path));
    return why === undefined ? fn : { ...fn, cannotRun: why };
  }

  #newTemplates(): TemplateCache {
    const { folders, envFile } = this.#workspace;
    const { env, executable, codeLayoutOf, printGraceMs: graceMs } = this.#host;
    const host: TemplateHost = {
      folders,
      envFile,
      codeLayoutOf,
      store: this.#store,
      boundary: this.#boundary,
      print: { env, executable, timeoutMs: PRINT_TIMEOUT_MS },
    };
    return new TemplateCache(host, { graceMs, onLate: () => this.#rescan([]) }, this.#signal);
  }

  #newCode(): CodeWatch {
    return new CodeWatch(this.#workspace.folders, this.#watch, this.#watching.signal);
  }

  #newWatch(): WorkspaceWatch {
    const { folders } = this.#workspace;
    const onChange = (path: string | undefined) =>
      path === undefined ? this.#changedAnywhere() : this.#changed(path);
    return new WorkspaceWatch(folders, onChange, this.#watching.signal, this.#host.watching);
  }

  #changedAnywhere(): void {
    const { folders } = this.#workspace;
    this.#entries.renew(() => true);
    for (const folder of folders) {
      this.#templates.noteChange(folder);
      this.#code.forget(folder);
    }
    this.#rescan(folders);
  }

  #changed(path: string): void {
    const isChanged = this.#renewRevisions(path);
    const stats = statOf(path);
    if (!stats?.isFile()) this.#code.forget(path);
    const isFolder = stats?.isDirectory() === true;
    const passedOver = this.#workspace.folders.every((folder) => isInSkippedFolder(folder, path));
    const counts = this.#templates.noteChange(path) || isFolder || isIgnoreFile(path) || mayBeTemplate(path);
    if (counts && !passedOver) this.#rescan([path]);
    // Missing code may exist now, or the other way round.
    else if (counts || isChanged) this.#rescan([]);
  }

  /** Gives a new revision to the functions that a change affects, and returns whether there are any. */
  #renewRevisions(path: string): boolean {
    if (this.#templates.all.has(path)) return false;
    return this.#entries.renew((name) => this.#code.includes(name, path));
  }

  /** Queues at most one update after the current one, so that a burst of changes, such as a checkout, is cheap. */
  #rescan(paths: readonly string[]): void {
    for (const path of paths) this.#pendingScans.add(path);
    if (this.#updateQueued) return;
    this.#updateQueued = true;
    this.#work = this.#work.then(() => this.#update()).catch(() => {});
  }

  /** Reads new and changed templates, and publishes the result. */
  async #update(): Promise<void> {
    this.#updateQueued = false;
    const [templates, code] = [this.#templates, this.#code];
    const paths = [...this.#pendingScans];
    this.#pendingScans = new Set();
    const files = createWorkspaceFiles(this.#workspace.folders, this.#boundary);
    const early = this.#listEarly(templates, files);
    const walked = await this.#read(paths, templates).finally(() => early?.stop());
    // The workspace was replaced meanwhile.
    if (templates !== this.#templates) return;
    await templates.assignNames(assignedNames(await listMembers(templates.all, files)));
    await early?.complete();
    const functions = await this.#merge(templates, files);
    if (!functions) return;
    // Before they're listed, so that no change of a listed function is missed.
    const entered = new Set(await code.update(functions.values()));
    if (templates !== this.#templates) return;
    this.#entries.replace(functions);
    // Changes in a new folder weren't reported until it was entered.
    for (const path of walked) this.#renewRevisions(path);
    this.#entries.renew((name) => entered.has(name));
  }

  /** Reports functions as they're found, unless functions are listed already. */
  #listEarly(templates: TemplateCache, files: WorkspaceFiles): EarlyListing | undefined {
    const { onFound } = this.#listener;
    if (!onFound || this.#entries.all.size > 0) return undefined;
    return new EarlyListing({
      find: () => findFunctions(templates.all, files),
      onFound: (found) => {
        if (templates === this.#templates) onFound(found);
      },
    });
  }

  /** Reads changed templates, and new ones at these paths while they're being found. Returns the folders among them. */
  async #read(paths: readonly string[], templates: TemplateCache): Promise<string[]> {
    const update = await templates.startUpdate();
    try {
      return await this.#scan(paths, (file) => update.add(file));
    } catch (error) {
      // The next update looks at them again.
      for (const path of paths) this.#pendingScans.add(path);
      throw error;
    } finally {
      await update.done();
    }
  }

  /** Finds templates at these paths, and watches the folders, which it returns. */
  async #scan(paths: readonly string[], found: (file: string) => void): Promise<string[]> {
    const walked: string[] = [];
    const watch = this.#watch;
    const scan = { enter: (folder: string) => watch.enter(folder), found, maxFolders: this.#host.maxFolders };
    for (const path of paths) {
      const stats = statOf(path);
      if (stats?.isFile() && mayBeTemplate(path)) found(path);
      if (!stats?.isDirectory()) continue;
      const complete = await findTemplates(path, scan, this.#signal);
      walked.push(path);
      if (!complete) this.#incomplete = true;
    }
    return walked;
  }

  /** Publishes and returns the functions; undefined where the workspace was replaced meanwhile. */
  async #merge(
    known: TemplateCache,
    files: WorkspaceFiles,
  ): Promise<ReadonlyMap<string, LocalFunction> | undefined> {
    const { functions, problems, templates } = await mergeTemplates(known.all, {
      codeLayoutOf: this.#host.codeLayoutOf,
      confine: (fn) => this.confine(fn),
      ...files,
    });
    // Looking for problems takes some milliseconds, as do writing them down and reporting them.
    await nextTurn();
    const ofWorkspace = workspaceProblems({
      isTooLarge: this.#incomplete,
      maxFolders: this.#host.maxFolders,
      unwatched: this.#watch.reasons,
      maxWatchers: this.#host.watching.maxWatchers,
    });
    const reported = toReported([...problems, ...ofWorkspace]);
    await nextTurn();
    if (known !== this.#templates) return undefined;
    const places = Object.fromEntries([...functions].map(([name, { place }]) => [name, place]));
    this.#publish({ places, problems: reported, templates });
    await nextTurn();
    return functions;
  }

  #publish(state: LocalState): void {
    const text = JSON.stringify(state);
    if (text === this.#published) return;
    this.#published = text;
    this.#listener.onState(state);
  }
}
