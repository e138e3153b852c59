import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStamp } from "../../model/codeStamp.ts";
import { isServerlessFile, mapSome } from "../workspace/scan.ts";
import { readTemplateFile, type TemplateHost, type TemplateReading } from "./templateFile.ts";

/** How the framework of a service is waited for. */
export interface Patience {
  /** So long, in ms; then the rest of the workspace goes on. */
  graceMs: number;
  /** Called when it has answered after all. */
  onLate: () => void;
}

/** The readings of a workspace's templates, and which of its files are none. */
export class TemplateReadings {
  readonly #host: TemplateHost;
  readonly #patience: Patience;
  readonly #signal: AbortSignal;
  readonly #readings = new Map<string, TemplateReading>();
  /** Files that are no templates, with their stamps. */
  readonly #others = new Map<string, string | undefined>();
  /** Of files whose reading takes long, until it ends. */
  readonly #late = new Map<string, Promise<TemplateReading | undefined>>();

  constructor(host: TemplateHost, patience: Patience, signal: AbortSignal) {
    this.#host = host;
    this.#patience = patience;
    this.#signal = signal;
  }

  /** By file; where one is broken now, with its last good functions. */
  get all(): ReadonlyMap<string, TemplateReading> {
    return this.#readings;
  }

  /** Whether a reading would be another one if this file, or what is in this folder, were. */
  dependsOn(path: string): boolean {
    const inside = (file: string) => file === path || file.startsWith(path + sep);
    return [...this.#readings.values()].some(({ stamps }) => [...stamps.keys()].some(inside));
  }

  /** Reads these files, and those that were read before, where they have changed; forgets what is gone. */
  async update(files: readonly string[]): Promise<void> {
    const stale = [...this.#readings].filter(([, reading]) => isStale(reading)).map(([file]) => file);
    const fresh = files.filter(
      (file) => !this.#readings.has(file) && this.#others.get(file) !== fileStamp(file),
    );
    await mapSome([...new Set([...stale, ...fresh])], (file) => this.#read(file));
  }

  async #read(file: string): Promise<void> {
    const stamp = fileStamp(file);
    if (stamp === undefined) {
      this.#readings.delete(file);
      this.#late.delete(file);
      return;
    }
    // What has changed since it began is seen when it ends.
    if (this.#late.has(file)) return;
    const reading = this.#tryToRead(file, this.#host);
    this.#take(
      file,
      stamp,
      await (isServerlessFile(file) ? this.#orMeanwhile(file, stamp, reading) : reading),
    );
  }

  /** Of a service whose framework takes long, what was known before, or what its file says alone. */
  async #orMeanwhile(
    file: string,
    stamp: string,
    reading: Promise<TemplateReading | undefined>,
  ): Promise<TemplateReading | undefined> {
    const timer = new AbortController();
    const grace = sleep(this.#patience.graceMs, "late" as const, { signal: timer.signal, ref: false });
    const first = await Promise.race([reading, grace]).finally(() => timer.abort());
    if (first !== "late") return first;
    this.#late.set(file, reading);
    this.#takeLate(file, stamp, reading).catch(() => {});
    const known = this.#readings.get(file);
    return known ? upToDate(known) : this.#tryToRead(file, { ...this.#host, printing: true });
  }

  async #takeLate(file: string, stamp: string, reading: Promise<TemplateReading | undefined>): Promise<void> {
    const found = await reading;
    if (this.#late.get(file) !== reading) return;
    this.#late.delete(file);
    this.#take(file, stamp, found);
    this.#patience.onLate();
  }

  #take(file: string, stamp: string, reading: TemplateReading | undefined): void {
    const known = this.#readings.get(file);
    if (reading) {
      this.#readings.set(file, known ? withLastGood(file, reading, known) : reading);
      this.#others.delete(file);
    } else {
      this.#readings.delete(file);
      this.#others.set(file, stamp);
    }
  }

  /** A file that cannot be read at all is no reason to miss the others. */
  async #tryToRead(file: string, host: TemplateHost): Promise<TemplateReading | undefined> {
    try {
      const known = this.#readings.get(file);
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
export function isStale({ stamps }: TemplateReading): boolean {
  return [...stamps].some(([file, stamp]) => fileStamp(file) !== stamp);
}

/** As it is, for what it depends on as that is now. */
function upToDate(reading: TemplateReading): TemplateReading {
  const stamps = new Map([...reading.stamps.keys()].map((file) => [file, fileStamp(file)]));
  return { ...reading, stamps };
}

/** What is broken for a moment stays as it was, and is said to be broken. */
function withLastGood(file: string, reading: TemplateReading, known: TemplateReading): TemplateReading {
  if (reading.broken.length === 0 || known.functions.length === 0) return reading;
  if (reading.broken.includes(file)) return { ...reading, functions: known.functions, nested: known.nested };
  const had = (path: string) => known.functions.some((fn) => fn.place.file === path);
  const kept = new Set(reading.broken.filter(had));
  const functions = [
    ...reading.functions.filter((fn) => !kept.has(fn.place.file)),
    ...known.functions.filter((fn) => kept.has(fn.place.file)),
  ];
  return { ...reading, functions };
}
