import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStamp } from "../../model/fileStamp.ts";
import { ParsedTemplates } from "../template/parsedTemplates.ts";
import { Turns } from "../template/turns.ts";
import type { AssignedNames } from "../template/scope.ts";
import { inPieces } from "../workspace/inPieces.ts";
import { isServerlessFile } from "../workspace/scan.ts";
import { WorkQueue } from "../workspace/workQueue.ts";
import { sourceStamp } from "./trackedSources.ts";
import { readTemplateFile, type TemplateHost, type ParsedTemplate } from "./templateFile.ts";

/** How long to wait for the Serverless Framework. */
export interface FrameworkWait {
  /** After this long, the rest of the workspace is listed without it. */
  graceMs: number;
  /** Called when it finishes later than that. */
  onLate: () => void;
}

/** An update of the templates. */
export interface TemplateUpdate {
  /** Reads a file that was found, if it's new or wasn't a template before. */
  add(file: string): void;
  /** Resolves once everything that was added is read; must be called once. */
  done(): Promise<void>;
}

const MAX_CONCURRENT_READS = 16;

/** The parsed templates of a workspace. */
export class TemplateCache {
  readonly #host: TemplateHost;
  readonly #turns = new Turns();
  readonly #wait: FrameworkWait;
  readonly #signal: AbortSignal;
  readonly #templates = new Map<string, ParsedTemplate>();
  /** Files that aren't templates, with their stamps. */
  readonly #others = new Map<string, string | undefined>();
  /** The names of functions that aren't the declared ones, by template. */
  readonly #assignedNames = new Map<string, AssignedNames>();
  /** For reading templates again under other names. */
  readonly #parsed = new ParsedTemplates();
  /** Templates to read again, because a file that they depend on was reported as changed. */
  readonly #changed = new Set<string>();
  /** The paths that were reported as changed while files are read. */
  readonly #reported = new Set<string>();
  #readers = 0;
  /** Files that the framework is still reading. */
  readonly #late = new Map<string, Promise<ReadResult>>();

  constructor(host: TemplateHost, wait: FrameworkWait, signal: AbortSignal) {
    this.#host = host;
    this.#wait = wait;
    this.#signal = signal;
  }

  /** By file. A template that's broken now keeps its last known functions. */
  get all(): ReadonlyMap<string, ParsedTemplate> {
    return this.#templates;
  }

  /**
   * Reports a change of this file, or of something in this folder: what depends on it is read again, even if its stamp is
   * the same. Returns whether a template depends on it.
   */
  noteChange(path: string): boolean {
    const changed = [...this.#templates].filter(([, template]) => dependsOn(template, path));
    for (const [file] of changed) this.#changed.add(file);
    for (const file of this.#others.keys()) if (isAtOrIn(path, file)) this.#others.delete(file);
    if (this.#readers > 0) this.#reported.add(path);
    return changed.length > 0;
  }

  /** Whether a file that a template depends on has changed since it was read. */
  async isStale(): Promise<boolean> {
    return (await this.#stale()).length > 0;
  }

  /** Begins to read changed files, and forgets deleted ones. New ones are read as they're added. */
  async startUpdate(): Promise<TemplateUpdate> {
    const known = new Set(await this.#stale());
    const queue = this.#startReading();
    for (const file of known) queue.add(file);
    return {
      add: (file) => {
        if (known.has(file) || this.#templates.has(file) || this.#isKnownOther(file)) return;
        known.add(file);
        queue.add(file);
      },
      done: () => this.#finishReading(queue),
    };
  }

  async #stale(): Promise<string[]> {
    const stale: string[] = [];
    for await (const [file, template] of inPieces([...this.#templates]))
      if (this.#changed.has(file) || isStale(template)) stale.push(file);
    return stale;
  }

  /** Reads the templates again whose functions have other names than before, because they may refer to each other. */
  async assignNames(names: ReadonlyMap<string, AssignedNames>): Promise<void> {
    const changed = [...this.#templates.keys()].filter(
      // What the framework is still reading is assigned names when it has.
      (file) => !this.#late.has(file) && !hasSameNames(this.#namesOf(file), names.get(file) ?? noNames),
    );
    for (const file of changed) this.#assignedNames.set(file, names.get(file) ?? noNames);
    const queue = this.#startReading();
    for (const file of changed) queue.add(file);
    await this.#finishReading(queue);
    this.#parsed.clear();
  }

  /** Whether a file isn't a template, and hasn't changed since that was found out. */
  #isKnownOther(file: string): boolean {
    return this.#others.has(file) && this.#others.get(file) === fileStamp(file);
  }

  #startReading(): WorkQueue<string> {
    this.#readers += 1;
    return new WorkQueue((file) => this.#read(file), MAX_CONCURRENT_READS);
  }

  async #finishReading(queue: WorkQueue<string>): Promise<void> {
    try {
      await queue.done();
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#reported.clear();
    }
  }

  #namesOf(file: string): AssignedNames {
    return this.#assignedNames.get(file) ?? noNames;
  }

  async #read(file: string): Promise<void> {
    this.#changed.delete(file);
    const stamp = fileStamp(file);
    if (stamp === undefined) {
      this.#late.delete(file);
      return this.#forget(file);
    }
    // Changes since the framework started are noticed when it finishes.
    if (this.#late.has(file)) return;
    const template = this.#tryToRead(file, this.#host);
    if (!isServerlessFile(file) || (await this.#isInTime(template)))
      return this.#take(file, stamp, await template);
    this.#late.set(file, template);
    this.#takeLate(file, stamp, template).catch(() => {});
    const known = this.#templates.get(file);
    const meanwhile = known
      ? upToDate(known)
      : await this.#tryToRead(file, { ...this.#host, isPrinting: true });
    // The framework may have finished while the file was read without it.
    if (this.#late.get(file) === template) this.#take(file, stamp, meanwhile);
  }

  /** Whether the framework finishes before the rest of the workspace is listed without it. */
  async #isInTime(template: Promise<ReadResult>): Promise<boolean> {
    const timer = new AbortController();
    const grace = sleep(this.#wait.graceMs, "late" as const, { signal: timer.signal, ref: false });
    const first = await Promise.race([template, grace]).finally(() => timer.abort());
    return first !== "late";
  }

  async #takeLate(file: string, stamp: string, template: Promise<ReadResult>): Promise<void> {
    const found = await template;
    if (this.#late.get(file) !== template) return;
    this.#late.delete(file);
    this.#take(file, stamp, found);
    this.#wait.onLate();
  }

  #take(file: string, stamp: string, result: ReadResult): void {
    const isReported = (test: (path: string) => boolean) => [...this.#reported].some(test);
    if (result === "missing") return this.#forget(file);
    if (result === "other") {
      this.#forget(file);
      if (!isReported((path) => isAtOrIn(path, file))) this.#others.set(file, stamp);
      return;
    }
    const known = this.#templates.get(file);
    this.#templates.set(file, known ? withLastGood(file, result, known) : result);
    this.#others.delete(file);
    if (isReported((path) => dependsOn(result, path))) this.#changed.add(file);
  }

  /** A file that's missing now may come back with the same stamp. */
  #forget(file: string): void {
    this.#templates.delete(file);
    this.#others.delete(file);
    this.#changed.delete(file);
  }

  /** Never rejects for a file that can't be read, so that the others are listed. */
  async #tryToRead(file: string, host: TemplateHost): Promise<ReadResult> {
    try {
      const known = this.#templates.get(file);
      const had = known !== undefined && known.functions.length > 0;
      const shared = { parsed: this.#parsed, turns: this.#turns };
      const earlier = { known: had, assignedNames: this.#namesOf(file), ...shared };
      return (await readTemplateFile(file, earlier, host, this.#signal)) ?? "other";
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isMissing(error)) return "missing";
      const why = error instanceof Error ? error.message : String(error);
      const text = `The template can't be read: ${why}.`;
      const problem = { kind: "fileUnreadable" as const, text, place: { file, line: 0, column: 0 } };
      // No file has the stamp "unread": what the system couldn't read is read again before the next invocation.
      const stamps = new Map([[file, codeOf(error) === undefined ? fileStamp(file) : "unread"]]);
      return { functions: [], problems: [problem], nested: [], broken: [file], stamps };
    }
  }
}

/** What reading a file comes to: `other` if it isn't a template. */
type ReadResult = ParsedTemplate | "other" | "missing";

function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");
}

/** The code of an error of the system, such as `EMFILE`. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Whether the template depends on this file, or on something in this folder. */
function dependsOn({ stamps }: ParsedTemplate, path: string): boolean {
  return [...stamps.keys()].some((file) => isAtOrIn(path, file));
}

/** A faster `isInside` for normalized paths; called for each file at each change. */
function isAtOrIn(folder: string, path: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === sep);
}

const noNames: AssignedNames = new Map();

function hasSameNames(one: AssignedNames, other: AssignedNames): boolean {
  return one.size === other.size && [...one].every(([key, name]) => other.get(key) === name);
}

/** Whether a file that the template depends on has changed. */
function isStale({ stamps }: ParsedTemplate): boolean {
  return [...stamps].some(([path, stamp]) => sourceStamp(path) !== stamp);
}

/** The same template with current stamps. */
function upToDate(template: ParsedTemplate): ParsedTemplate {
  const stamps = new Map([...template.stamps.keys()].map((path) => [path, sourceStamp(path)]));
  return { ...template, stamps };
}

/** Keeps the last known functions of files that are broken now. */
function withLastGood(file: string, template: ParsedTemplate, known: ParsedTemplate): ParsedTemplate {
  if (template.broken.length === 0 || known.functions.length === 0) return template;
  if (template.broken.includes(file))
    return { ...template, functions: known.functions, nested: known.nested };
  const had = (path: string) => known.functions.some((fn) => fn.place.file === path);
  const failing = new Set(template.broken.filter(had));
  const functions = [
    ...template.functions.filter((fn) => !failing.has(fn.place.file)),
    ...known.functions.filter((fn) => failing.has(fn.place.file)),
  ];
  return { ...template, functions };
}
