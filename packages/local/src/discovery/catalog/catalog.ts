import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import type { LocalState } from "../../contract/state.ts";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import { createBoundary, isInside } from "../code/boundary.ts";
import { CodeStore } from "../code/store.ts";
import { CodeWatch } from "../workspace/codeWatch.ts";
import { compose } from "./compose.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";
import { findTemplates, isPassedOver, mayBeTemplate } from "../workspace/scan.ts";
import { isStale, TemplateReadings } from "./readings.ts";
import type { TemplateHost } from "./templateFile.ts";
import { watchFolder, type Watcher } from "../workspace/watch.ts";

/** A function, and a number that changes whenever its declaration or code does. */
export interface Entry {
  fn: LocalFunction;
  revision: number;
}

/** What of the machine is used. */
export interface DiscoveryHost {
  env: Readonly<Record<string, string | undefined>>;
  /** A Node.js, or an Electron that `env` makes one of. */
  executable: string;
  /** Where code is unpacked to, in a folder that goes at the signal. */
  temp: string;
  /** So many folders are looked into at most. */
  mostFolders: number;
  /** The Serverless Framework is waited for so long, in ms, before the rest is told without it. */
  printGraceMs: number;
}

const nothing: LocalWorkspace = { folders: [], trusted: false };

/** How long the Serverless Framework may take to print a configuration, in ms. */
const printTimeoutMs = 15_000;

/** The functions of the workspace, as its templates declare them now. */
export class Catalog {
  readonly #onState: (state: LocalState) => void;
  readonly #signal: AbortSignal;
  readonly #host: DiscoveryHost;
  readonly #store: CodeStore;
  #readings: TemplateReadings;
  #code: CodeWatch;
  #entries = new Map<string, Entry>();
  #told = "";
  #revision = 0;
  #workspace = nothing;
  #watching = new AbortController();
  #watchers: readonly Watcher[] = [];
  #work: Promise<void> = Promise.resolve();
  #toScan = new Set<string>();
  #workWanted = false;
  #incomplete = false;

  constructor(onState: (state: LocalState) => void, signal: AbortSignal, host?: Partial<DiscoveryHost>) {
    this.#onState = onState;
    this.#signal = signal;
    this.#host = {
      env: process.env,
      executable: process.execPath,
      temp: tmpdir(),
      mostFolders: 20_000,
      printGraceMs: 2000,
      ...host,
    };
    this.#store = new CodeStore(this.#host.temp, signal);
    this.#readings = this.#newReadings();
    this.#code = this.#newCode();
    signal.addEventListener("abort", () => this.#watching.abort());
  }

  /** Looks for functions in these folders from now on. */
  setWorkspace(workspace: LocalWorkspace): void {
    this.#workspace = workspace.trusted ? workspace : nothing;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { folders } = this.#workspace;
    const { signal } = this.#watching;
    this.#watchers = folders.map((folder) => watchFolder(folder, (path) => this.#changed(path), signal));
    this.#readings = this.#newReadings();
    this.#code = this.#newCode();
    this.#incomplete = false;
    this.#toScan.clear();
    this.#rescan(folders);
  }

  /** The functions by name, after a look at the templates known so far. */
  async entries(signal: AbortSignal): Promise<ReadonlyMap<string, Entry>> {
    await this.#work;
    signal.throwIfAborted();
    if ([...this.#readings.all.values()].some(isStale)) {
      this.#rescan([]);
      await this.#work;
    }
    return this.#entries;
  }

  #newReadings(): TemplateReadings {
    const { folders, envFile, outsideAllowed = false } = this.#workspace;
    const { env, executable, printGraceMs: graceMs } = this.#host;
    const host: TemplateHost = {
      folders,
      envFile,
      store: this.#store,
      boundary: createBoundary(folders, outsideAllowed),
      print: { env, executable, timeoutMs: printTimeoutMs },
    };
    return new TemplateReadings(host, { graceMs, onLate: () => this.#rescan([]) }, this.#signal);
  }

  #newCode(): CodeWatch {
    return new CodeWatch(this.#workspace.folders, this.#entering(), this.#watching.signal);
  }

  #changed(path: string): void {
    const isChanged = this.#renew(path);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) this.#code.forget(path);
    const isFolder = stats?.isDirectory() === true;
    const passedOver = this.#workspace.folders.every((folder) => isPassedOver(folder, path));
    const counts = isFolder || this.#readings.dependsOn(path) || mayBeTemplate(path);
    if (counts && !passedOver) this.#rescan([path]);
    // Code that was missing may be there now, or the other way round.
    else if (counts || isChanged) this.#rescan([]);
  }

  /** Gives a new revision to the functions that what has changed here belongs to; tells whether there are any. */
  #renew(path: string): boolean {
    if (this.#readings.all.has(path)) return false;
    const entries = [...this.#entries.values()].filter(({ fn }) => this.#code.includes(fn.name, path));
    for (const entry of entries) entry.revision = this.#nextRevision();
    return entries.length > 0;
  }

  /** A burst of changes, such as a checkout, costs one more look than the one under way. */
  #rescan(paths: readonly string[]): void {
    for (const path of paths) this.#toScan.add(path);
    if (this.#workWanted) return;
    this.#workWanted = true;
    this.#work = this.#work.then(() => this.#look()).catch(() => {});
  }

  /** Reads what is new or has changed, and tells what came of it. */
  async #look(): Promise<void> {
    this.#workWanted = false;
    const [readings, code] = [this.#readings, this.#code];
    const enter = this.#entering();
    const paths = [...this.#toScan];
    this.#toScan = new Set();
    const found: string[] = [];
    const walked: string[] = [];
    for (const path of paths) {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isFile() && mayBeTemplate(path)) found.push(path);
      if (!stats?.isDirectory()) continue;
      const { templates, complete } = await findTemplates(path, enter, this.#host.mostFolders, this.#signal);
      found.push(...templates);
      walked.push(path);
      if (!complete) this.#incomplete = true;
    }
    await readings.update(found);
    // Of a workspace that is no longer open, nothing is told.
    if (readings !== this.#readings) return;
    this.#compose();
    await code.update([...this.#entries.values()].map(({ fn }) => fn));
    // Of a folder that came anew, nothing was told until it was entered.
    for (const path of walked) if (readings === this.#readings) this.#renew(path);
  }

  /** Has a folder watched, as part of the workspace as it is now. */
  #entering(): (folder: string) => void {
    const watchers = this.#watchers;
    const { folders } = this.#workspace;
    return (folder) => {
      const index = folders.findIndex((root) => isInside(root, folder));
      watchers[Math.max(0, index)]?.enter(folder);
    };
  }

  #compose(): void {
    const { functions, problems } = compose(this.#readings.all);
    const entries = new Map<string, Entry>();
    for (const [name, fn] of functions) entries.set(name, this.#entryOf(fn));
    this.#entries = entries;
    this.#tell(this.#incomplete ? [...problems, tooMany(this.#host.mostFolders)] : problems);
  }

  #entryOf(fn: LocalFunction): Entry {
    const known = this.#entries.get(fn.name);
    const same = known !== undefined && declaration(known.fn) === declaration(fn);
    return { fn, revision: same ? known.revision : this.#nextRevision() };
  }

  #nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  #tell(problems: readonly Problem[]): void {
    const places = Object.fromEntries([...this.#entries].map(([name, { fn }]) => [name, fn.place]));
    const state: LocalState = { places, problems };
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    this.#onState(state);
  }
}

function tooMany(mostFolders: number): Problem {
  const message = `The workspace has more than ${mostFolders} folders; functions were looked for only in the first of them. Open a smaller folder.`;
  return { message };
}

/** What a sandbox depends on; where it is written does not matter to it. */
function declaration(fn: LocalFunction): string {
  return JSON.stringify({ ...fn, place: undefined });
}
