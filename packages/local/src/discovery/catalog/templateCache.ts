import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStamp } from "../../model/fileStamp.ts";
import { ParsedTemplates } from "../template/parsedTemplates.ts";
import type { AssignedNames } from "../template/scope.ts";
import { isServerlessFile, mapConcurrently } from "../workspace/scan.ts";
import { sourceStamp } from "./trackedSources.ts";
import { readTemplateFile, type TemplateHost, type ParsedTemplate } from "./templateFile.ts";

/** How long to wait for the Serverless Framework. */
export interface FrameworkWait {
  /** After this long, the rest of the workspace is listed without it. */
  graceMs: number;
  /** Called when it finishes later than that. */
  onLate: () => void;
}

/** The parsed templates of a workspace. */
export class TemplateCache {
  readonly #host: TemplateHost;
  readonly #wait: FrameworkWait;
  readonly #signal: AbortSignal;
  readonly #templates = new Map<string, ParsedTemplate>();
  /** Files that aren't templates, with their stamps. */
  readonly #others = new Map<string, string | undefined>();
  /** The names of functions that aren't the declared ones, by template. */
  readonly #assignedNames = new Map<string, AssignedNames>();
  /** For reading templates again under other names. */
  readonly #parsed = new ParsedTemplates();
  /** Files that the framework is still reading. */
  readonly #late = new Map<string, Promise<ParsedTemplate | undefined>>();

  constructor(host: TemplateHost, wait: FrameworkWait, signal: AbortSignal) {
    this.#host = host;
    this.#wait = wait;
    this.#signal = signal;
  }

  /** By file. A template that's broken now keeps its last known functions. */
  get all(): ReadonlyMap<string, ParsedTemplate> {
    return this.#templates;
  }

  /** Whether a template depends on this file, or on a file in this folder. */
  dependsOn(path: string): boolean {
    const inside = (file: string) => file === path || file.startsWith(path + sep);
    return [...this.#templates.values()].some(({ stamps }) => [...stamps.keys()].some(inside));
  }

  /** Reads new and changed files, and forgets deleted ones. */
  async update(files: readonly string[]): Promise<void> {
    const stale = [...this.#templates].filter(([, template]) => isStale(template)).map(([file]) => file);
    const fresh = files.filter(
      (file) => !this.#templates.has(file) && this.#others.get(file) !== fileStamp(file),
    );
    await mapConcurrently([...new Set([...stale, ...fresh])], (file) => this.#read(file));
  }

  /** Reads the templates again whose functions have other names than before, because they may refer to each other. */
  async assignNames(names: ReadonlyMap<string, AssignedNames>): Promise<void> {
    const changed = [...this.#templates.keys()].filter(
      // What the framework is still reading is assigned names when it has.
      (file) => !this.#late.has(file) && !hasSameNames(this.#namesOf(file), names.get(file) ?? noNames),
    );
    for (const file of changed) this.#assignedNames.set(file, names.get(file) ?? noNames);
    await mapConcurrently(changed, (file) => this.#read(file));
    this.#parsed.clear();
  }

  #namesOf(file: string): AssignedNames {
    return this.#assignedNames.get(file) ?? noNames;
  }

  async #read(file: string): Promise<void> {
    const stamp = fileStamp(file);
    if (stamp === undefined) {
      this.#templates.delete(file);
      this.#late.delete(file);
      return;
    }
    // Changes since the framework started are noticed when it finishes.
    if (this.#late.has(file)) return;
    const template = this.#tryToRead(file, this.#host);
    this.#take(
      file,
      stamp,
      await (isServerlessFile(file) ? this.#orEarlierResult(file, stamp, template) : template),
    );
  }

  /** While the framework takes long, the previous result, or what the file alone declares. */
  async #orEarlierResult(
    file: string,
    stamp: string,
    template: Promise<ParsedTemplate | undefined>,
  ): Promise<ParsedTemplate | undefined> {
    const timer = new AbortController();
    const grace = sleep(this.#wait.graceMs, "late" as const, { signal: timer.signal, ref: false });
    const first = await Promise.race([template, grace]).finally(() => timer.abort());
    if (first !== "late") return first;
    this.#late.set(file, template);
    this.#takeLate(file, stamp, template).catch(() => {});
    const known = this.#templates.get(file);
    return known ? upToDate(known) : this.#tryToRead(file, { ...this.#host, isPrinting: true });
  }

  async #takeLate(file: string, stamp: string, template: Promise<ParsedTemplate | undefined>): Promise<void> {
    const found = await template;
    if (this.#late.get(file) !== template) return;
    this.#late.delete(file);
    this.#take(file, stamp, found);
    this.#wait.onLate();
  }

  #take(file: string, stamp: string, template: ParsedTemplate | undefined): void {
    const known = this.#templates.get(file);
    if (template) {
      this.#templates.set(file, known ? withLastGood(file, template, known) : template);
      this.#others.delete(file);
    } else {
      this.#templates.delete(file);
      this.#others.set(file, stamp);
    }
  }

  /** Never rejects for a file that can't be read, so that the others are listed. */
  async #tryToRead(file: string, host: TemplateHost): Promise<ParsedTemplate | undefined> {
    try {
      const known = this.#templates.get(file);
      const had = known !== undefined && known.functions.length > 0;
      const earlier = { known: had, assignedNames: this.#namesOf(file), parsed: this.#parsed };
      return await readTemplateFile(file, earlier, host, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (fileStamp(file) === undefined) return undefined;
      const why = error instanceof Error ? error.message : String(error);
      const text = `The template can't be read: ${why}.`;
      const problem = { kind: "fileUnreadable" as const, text, place: { file, line: 0, column: 0 } };
      const stamps = new Map([[file, fileStamp(file)]]);
      return { functions: [], problems: [problem], nested: [], broken: [file], stamps };
    }
  }
}

const noNames: AssignedNames = new Map();

function hasSameNames(one: AssignedNames, other: AssignedNames): boolean {
  return one.size === other.size && [...one].every(([key, name]) => other.get(key) === name);
}

/** Whether a file that the template depends on has changed. */
export function isStale({ stamps }: ParsedTemplate): boolean {
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
