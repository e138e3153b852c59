import { tmpdir } from "node:os";
import type { LocalState, LocalTemplate } from "../../contract/state.ts";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import { createBoundary, isInside } from "../code/boundary.ts";
import { CodeStore } from "../code/codeStore.ts";
import { CodeWatch } from "../workspace/codeWatch.ts";
import { assignedNames, listMembers, type WorkspaceFiles } from "./members.ts";
import { mergeTemplates } from "./mergeTemplates.ts";
import type { FindCodeLayout } from "../../model/handler.ts";
import { whyOutside } from "./outsideCode.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { toReported, type TemplateProblem } from "../../model/problem.ts";
import { findTemplates, isIgnoreFile, isInSkippedFolder, mayBeTemplate } from "../workspace/scan.ts";
import { isStale, TemplateCache } from "./templateCache.ts";
import { readSmallFile } from "./trackedSources.ts";
import type { TemplateHost } from "./templateFile.ts";
import { watchFolder, type Watcher } from "../workspace/folderWatcher.ts";
import { statOf } from "../../model/statOf.ts";

/** A function, and a number that changes with its declaration or code. */
export interface CatalogEntry {
  fn: LocalFunction;
  revision: number;
}

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
}

const emptyWorkspace: LocalWorkspace = { folders: [], trusted: false };

const PRINT_TIMEOUT_MS = 15_000;

/** The functions that the workspace's templates declare, kept up to date. */
export class FunctionCatalog {
  readonly #onState: (state: LocalState) => void;
  readonly #signal: AbortSignal;
  readonly #host: DiscoveryHost;
  readonly #store: CodeStore;
  #boundary = createBoundary([], false);
  #templates: TemplateCache;
  #code: CodeWatch;
  #entries = new Map<string, CatalogEntry>();
  #published = "";
  #revision = 0;
  #workspace = emptyWorkspace;
  #watching = new AbortController();
  #watchers: readonly Watcher[] = [];
  #work: Promise<void> = Promise.resolve();
  #pendingScans = new Set<string>();
  #updateQueued = false;
  #incomplete = false;

  constructor(
    onState: (state: LocalState) => void,
    signal: AbortSignal,
    host: Pick<DiscoveryHost, "codeLayoutOf"> & Partial<DiscoveryHost>,
  ) {
    this.#onState = onState;
    this.#signal = signal;
    this.#host = {
      env: process.env,
      executable: process.execPath,
      temp: tmpdir(),
      maxFolders: 20_000,
      printGraceMs: 2000,
      ...host,
    };
    this.#store = new CodeStore(this.#host.temp, signal);
    this.#templates = this.#newTemplates();
    this.#code = this.#newCode();
    signal.addEventListener("abort", () => this.#watching.abort());
  }

  /** Replaces the workspace whose functions are listed. */
  setWorkspace(workspace: LocalWorkspace): void {
    this.#workspace = workspace.trusted ? workspace : emptyWorkspace;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { folders } = this.#workspace;
    const { signal } = this.#watching;
    this.#watchers = folders.map((folder) => watchFolder(folder, (path) => this.#changed(path), signal));
    this.#boundary = createBoundary(folders, this.#workspace.outsideAllowed ?? false);
    this.#templates = this.#newTemplates();
    this.#code = this.#newCode();
    this.#incomplete = false;
    this.#pendingScans.clear();
    this.#rescan(folders);
  }

  /** The functions by name, after checking the known templates for changes. */
  async entries(signal: AbortSignal): Promise<ReadonlyMap<string, CatalogEntry>> {
    await this.#work;
    signal.throwIfAborted();
    if ([...this.#templates.all.values()].some(isStale)) {
      this.#rescan([]);
      await this.#work;
    }
    return this.#entries;
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
    return new CodeWatch(this.#workspace.folders, this.#folderWatcher(), this.#watching.signal);
  }

  #changed(path: string): void {
    const isChanged = this.#renewRevisions(path);
    const stats = statOf(path);
    if (!stats?.isFile()) this.#code.forget(path);
    const isFolder = stats?.isDirectory() === true;
    const passedOver = this.#workspace.folders.every((folder) => isInSkippedFolder(folder, path));
    const counts = isFolder || isIgnoreFile(path) || this.#templates.dependsOn(path) || mayBeTemplate(path);
    if (counts && !passedOver) this.#rescan([path]);
    // Missing code may exist now, or the other way round.
    else if (counts || isChanged) this.#rescan([]);
  }

  /** Gives a new revision to the functions that a change affects, and returns whether there are any. */
  #renewRevisions(path: string): boolean {
    if (this.#templates.all.has(path)) return false;
    const entries = [...this.#entries.values()].filter(({ fn }) => this.#code.includes(fn.name, path));
    for (const entry of entries) entry.revision = this.#nextRevision();
    return entries.length > 0;
  }

  #renewRevision(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) entry.revision = this.#nextRevision();
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
    const enter = this.#folderWatcher();
    const paths = [...this.#pendingScans];
    this.#pendingScans = new Set();
    const found: string[] = [];
    const walked: string[] = [];
    for (const path of paths) {
      const stats = statOf(path);
      if (stats?.isFile() && mayBeTemplate(path)) found.push(path);
      if (!stats?.isDirectory()) continue;
      const { templates, complete } = await findTemplates(path, enter, this.#host.maxFolders, this.#signal);
      found.push(...templates);
      walked.push(path);
      if (!complete) this.#incomplete = true;
    }
    await templates.update(found);
    // The workspace was replaced meanwhile.
    if (templates !== this.#templates) return;
    const files = this.#files();
    await templates.assignNames(assignedNames(listMembers(templates.all, files)));
    if (templates !== this.#templates) return;
    await this.#merge(templates, files);
    if (templates !== this.#templates) return;
    const entered = await code.update([...this.#entries.values()].map(({ fn }) => fn));
    if (templates !== this.#templates) return;
    // Changes in a new folder weren't reported until it was entered.
    for (const path of walked) this.#renewRevisions(path);
    for (const name of entered) this.#renewRevision(name);
  }

  /** Returns a function that starts watching a folder of the current workspace. */
  #folderWatcher(): (folder: string) => void {
    const watchers = this.#watchers;
    const { folders } = this.#workspace;
    return (folder) => {
      const index = folders.findIndex((root) => isInside(root, folder));
      watchers[Math.max(0, index)]?.enter(folder);
    };
  }

  async #merge(known: TemplateCache, files: WorkspaceFiles): Promise<void> {
    const { functions, problems, templates } = await mergeTemplates(known.all, {
      codeLayoutOf: this.#host.codeLayoutOf,
      confine: (fn) => this.confine(fn),
      ...files,
    });
    if (known !== this.#templates) return;
    const entries = new Map<string, CatalogEntry>();
    for (const [name, fn] of functions) entries.set(name, this.#entryOf(fn));
    this.#entries = entries;
    const all = this.#incomplete ? [...problems, tooManyFolders(this.#host.maxFolders)] : problems;
    this.#publish(all, templates);
  }

  /** Reads each file once. */
  #files(): WorkspaceFiles {
    const boundary = this.#boundary;
    const known = new Map<string, string | undefined>();
    const readText = (path: string) => {
      if (!known.has(path)) known.set(path, boundary.allows(path) ? readSmallFile(path) : undefined);
      return known.get(path);
    };
    return { folders: this.#workspace.folders, readText };
  }

  #entryOf(fn: LocalFunction): CatalogEntry {
    const known = this.#entries.get(fn.name);
    const same = known !== undefined && declaration(known.fn) === declaration(fn);
    return { fn, revision: same ? known.revision : this.#nextRevision() };
  }

  #nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  #publish(problems: readonly TemplateProblem[], templates: readonly LocalTemplate[]): void {
    const places = Object.fromEntries([...this.#entries].map(([name, { fn }]) => [name, fn.place]));
    const state: LocalState = { places, problems: toReported(problems), templates };
    const text = JSON.stringify(state);
    if (text === this.#published) return;
    this.#published = text;
    this.#onState(state);
  }
}

function tooManyFolders(maxFolders: number): TemplateProblem {
  const text = `The workspace has more than ${maxFolders} folders, and only the first ones were searched for functions. Open a smaller folder.`;
  return { kind: "tooManyFolders", text };
}

/** What a sandbox depends on: everything but the place of the declaration. */
function declaration(fn: LocalFunction): string {
  return JSON.stringify({ ...fn, place: undefined });
}
