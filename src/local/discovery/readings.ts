import { sep } from "node:path";
import { fileStamp } from "../sandbox/codeStamp.ts";
import { mapSome } from "./scan.ts";
import { readTemplateFile, type TemplateHost, type TemplateReading } from "./templateFile.ts";

/** The readings of a workspace's templates, and which of its files are none. */
export class TemplateReadings {
  readonly #host: TemplateHost;
  readonly #signal: AbortSignal;
  readonly #readings = new Map<string, TemplateReading>();
  /** Files that are no templates, with their stamps. */
  readonly #others = new Map<string, string | undefined>();

  constructor(host: TemplateHost, signal: AbortSignal) {
    this.#host = host;
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
    const known = this.#readings.get(file);
    if (stamp === undefined) {
      this.#readings.delete(file);
      return;
    }
    const reading = await this.#tryToRead(file, known);
    if (reading) {
      this.#readings.set(file, known ? withLastGood(file, reading, known) : reading);
      this.#others.delete(file);
    } else {
      this.#readings.delete(file);
      this.#others.set(file, stamp);
    }
  }

  /** A file that cannot be read at all is no reason to miss the others. */
  async #tryToRead(file: string, known: TemplateReading | undefined): Promise<TemplateReading | undefined> {
    try {
      const had = known !== undefined && known.functions.length > 0;
      return await readTemplateFile(file, had, this.#host, this.#signal);
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
