import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStamp } from "../../model/codeStamp.ts";
import { isServerlessFile, mapConcurrently } from "../workspace/scan.ts";
import { readTemplateFile, type TemplateHost, type ParsedTemplate } from "./templateFile.ts";

/** How the framework of a service is waited for. */
export interface FrameworkWait {
  /** So long, in ms; then the rest of the workspace goes on. */
  graceMs: number;
  /** Called when it has answered after all. */
  onLate: () => void;
}

/** The readings of a workspace's templates, and which of its files are none. */
export class TemplateCache {
  readonly #host: TemplateHost;
  readonly #wait: FrameworkWait;
  readonly #signal: AbortSignal;
  readonly #templates = new Map<string, ParsedTemplate>();
  /** Files that are no templates, with their stamps. */
  readonly #others = new Map<string, string | undefined>();
  /** Of files whose reading takes long, until it ends. */
  readonly #late = new Map<string, Promise<ParsedTemplate | undefined>>();

  constructor(host: TemplateHost, wait: FrameworkWait, signal: AbortSignal) {
    this.#host = host;
    this.#wait = wait;
    this.#signal = signal;
  }

  /** By file; where one is broken now, with its last good functions. */
  get all(): ReadonlyMap<string, ParsedTemplate> {
    return this.#templates;
  }

  /** Whether a reading would be another one if this file, or what is in this folder, were. */
  dependsOn(path: string): boolean {
    const inside = (file: string) => file === path || file.startsWith(path + sep);
    return [...this.#templates.values()].some(({ stamps }) => [...stamps.keys()].some(inside));
  }

  /** Reads these files, and those that were read before, where they have changed; forgets what is gone. */
  async update(files: readonly string[]): Promise<void> {
    const stale = [...this.#templates].filter(([, template]) => isStale(template)).map(([file]) => file);
    const fresh = files.filter(
      (file) => !this.#templates.has(file) && this.#others.get(file) !== fileStamp(file),
    );
    await mapConcurrently([...new Set([...stale, ...fresh])], (file) => this.#read(file));
  }

  async #read(file: string): Promise<void> {
    const stamp = fileStamp(file);
    if (stamp === undefined) {
      this.#templates.delete(file);
      this.#late.delete(file);
      return;
    }
    // What has changed since it began is seen when it ends.
    if (this.#late.has(file)) return;
    const template = this.#tryToRead(file, this.#host);
    this.#take(
      file,
      stamp,
      await (isServerlessFile(file) ? this.#orEarlierResult(file, stamp, template) : template),
    );
  }

  /** Of a service whose framework takes long, what was known before, or what its file says alone. */
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
    return known ? upToDate(known) : this.#tryToRead(file, { ...this.#host, printing: true });
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

  /** A file that cannot be read at all is no reason to miss the others. */
  async #tryToRead(file: string, host: TemplateHost): Promise<ParsedTemplate | undefined> {
    try {
      const known = this.#templates.get(file);
      const had = known !== undefined && known.functions.length > 0;
      return await readTemplateFile(file, had, host, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (fileStamp(file) === undefined) return undefined;
      const why = error instanceof Error ? error.message : String(error);
      const problem = {
        message: `The template cannot be read: ${why}.`,
        place: { file, line: 0, column: 0 },
      };
      const stamps = new Map([[file, fileStamp(file)]]);
      return { functions: [], problems: [problem], nested: [], broken: [file], stamps };
    }
  }
}

/** Whether what a reading depends on has changed. */
export function isStale({ stamps }: ParsedTemplate): boolean {
  return [...stamps].some(([file, stamp]) => fileStamp(file) !== stamp);
}

/** As it is, for what it depends on as that is now. */
function upToDate(template: ParsedTemplate): ParsedTemplate {
  const stamps = new Map([...template.stamps.keys()].map((file) => [file, fileStamp(file)]));
  return { ...template, stamps };
}

/** What is broken for a moment stays as it was, and is said to be broken. */
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
