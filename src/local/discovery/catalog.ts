import { readFile } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { LocalState, LocalWorkspace } from "../../core/ports.ts";
import { fileStamp, handlerFile } from "../sandbox/codeStamp.ts";
import type { LocalFunction, Problem } from "./localFunction.ts";
import { readSamTemplate } from "./sam.ts";
import { findTemplates, mayBeTemplate } from "./scan.ts";
import { watchTree } from "./watch.ts";

/** A function, and a number that changes whenever its declaration or code does. */
export interface Entry {
  fn: LocalFunction;
  revision: number;
}

interface Template {
  stamp: string | undefined;
  /** The last good ones, where it is broken now. */
  functions: readonly LocalFunction[];
  problems: readonly Problem[];
}

/** The functions of the workspace, as its templates declare them now. */
export class Catalog {
  readonly #onState: (state: LocalState) => void;
  readonly #signal: AbortSignal;
  readonly #templates = new Map<string, Template>();
  #entries = new Map<string, Entry>();
  #told = "";
  #revision = 0;
  #workspace: LocalWorkspace = { folders: [], trusted: false };
  #watching = new AbortController();
  #reading: Promise<void> = Promise.resolve();
  #scanWanted = false;

  constructor(onState: (state: LocalState) => void, signal: AbortSignal) {
    this.#onState = onState;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#watching.abort());
  }

  /** Looks for functions in these folders from now on. */
  setWorkspace(workspace: LocalWorkspace): void {
    this.#workspace = workspace.trusted ? workspace : { folders: [], trusted: false };
    this.#watching.abort();
    this.#watching = new AbortController();
    for (const folder of this.#workspace.folders) {
      watchTree(folder, (path) => this.#changed(path), this.#watching.signal);
    }
    this.#rescan();
  }

  /** The functions by name, after a look at the templates known so far. */
  async entries(signal: AbortSignal): Promise<ReadonlyMap<string, Entry>> {
    await this.#reading;
    signal.throwIfAborted();
    const stale = [...this.#templates].filter(([file, { stamp }]) => fileStamp(file) !== stamp);
    if (stale.length > 0) await this.#enqueue(() => this.#read(stale.map(([file]) => file)));
    return this.#entries;
  }

  #changed(path: string): void {
    const changed = [...this.#entries.values()].filter((entry) => belongsTo(entry.fn, path));
    for (const entry of changed) entry.revision = this.#nextRevision();
    if (mayBeTemplate(path) || fileStamp(path) === undefined) this.#rescan();
    // Code that was missing may be there now, or the other way round.
    else if (changed.length > 0) void this.#enqueue(async () => this.#compose());
  }

  /** A burst of changes, such as a checkout, costs one more scan than the one under way. */
  #rescan(): void {
    if (this.#scanWanted) return;
    this.#scanWanted = true;
    void this.#enqueue(async () => {
      this.#scanWanted = false;
      const lists = this.#workspace.folders.map((folder) => findTemplates(folder, this.#signal));
      const found = new Set((await Promise.all(lists)).flat());
      for (const file of this.#templates.keys()) if (!found.has(file)) this.#templates.delete(file);
      await this.#read([...found]);
    });
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#reading = this.#reading.then(work).catch(() => {});
    return this.#reading;
  }

  /** Reads the files that changed, in order of their paths, and tells what is new. */
  async #read(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const stamp = fileStamp(file);
      const known = this.#templates.get(file);
      if (stamp === undefined) this.#templates.delete(file);
      else if (known?.stamp !== stamp)
        this.#templates.set(file, await readTemplate(file, stamp, known, this.#signal));
    }
    this.#compose();
  }

  #compose(): void {
    const problems: Problem[] = [];
    const entries = new Map<string, Entry>();
    for (const [, template] of [...this.#templates].sort(([a], [b]) => (a < b ? -1 : 1))) {
      problems.push(...template.problems);
      for (const fn of template.functions) {
        const first = entries.get(fn.name)?.fn;
        if (first) problems.push(duplicate(fn, first));
        else entries.set(fn.name, this.#entryOf(fn));
        problems.push(...missingCode(fn));
      }
    }
    this.#entries = entries;
    this.#tell(problems);
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

async function readTemplate(
  file: string,
  stamp: string,
  known: Template | undefined,
  signal: AbortSignal,
): Promise<Template> {
  const text = await readFile(file, { encoding: "utf8", signal });
  if (known && known.functions.length > 0 && text.trim() === "")
    return { ...known, stamp, problems: [emptied(file)] };
  const reading = readSamTemplate(text, file);
  if (reading.kind === "read") return { stamp, functions: reading.functions, problems: reading.problems };
  // Not every `template.yaml` is a CloudFormation template; one of another kind is nobody's problem here.
  if (!known?.functions.length && !/AWS::(?:Serverless|Lambda)::/.test(text))
    return { stamp, functions: [], problems: [] };
  return { stamp, functions: known?.functions ?? [], problems: [reading.problem] };
}

/** An editor may empty a file a moment before it writes it. */
function emptied(file: string): Problem {
  return {
    message: "The template is empty; its functions are listed as they were.",
    place: { file, line: 0, column: 0 },
  };
}

/** What a sandbox depends on; where it is written does not matter to it. */
function declaration(fn: LocalFunction): string {
  return JSON.stringify({ ...fn, place: undefined });
}

function duplicate(fn: LocalFunction, first: LocalFunction): Problem {
  const where = `${first.place.file}:${first.place.line + 1}`;
  return {
    message: `${fn.name} is declared twice; the one at ${where} runs. Give one of them another FunctionName.`,
    place: fn.place,
  };
}

function missingCode(fn: LocalFunction): readonly Problem[] {
  // What the template says how to build need not be where the handler is, and other runtimes have problems of their own.
  if (!fn.runtime.startsWith("nodejs") || fn.build || handlerFile(fn) !== undefined) return [];
  const message = `${fn.name}: no file for the handler ${fn.handler} in ${fn.codeRoot}. Check Handler and CodeUri, or build it.`;
  return [{ message, place: fn.place }];
}

/** A JSON file beside the handler's folder is more likely an event than code. */
function belongsTo(fn: LocalFunction, path: string): boolean {
  const root = /\.jsonc?$/.test(path) ? dirname(handlerFile(fn) ?? fn.codeRoot) : fn.codeRoot;
  const inside = relative(root, path);
  return inside !== "" && !inside.startsWith(`..${sep}`) && inside !== ".." && !mayBeTemplate(path);
}
