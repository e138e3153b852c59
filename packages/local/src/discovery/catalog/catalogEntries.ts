import type { LocalFunction } from "../../model/localFunction.ts";

/** A function, and a number that changes with its declaration or code. */
export interface CatalogEntry {
  fn: LocalFunction;
  revision: number;
}

/** The functions of the workspace by name, each with its revision. */
export class CatalogEntries {
  #entries = new Map<string, CatalogEntry>();
  /** The code that revisions stand for, of functions whose code is compared before an invocation. */
  readonly #stamps = new Map<string, string>();
  #revision = 0;

  get all(): ReadonlyMap<string, CatalogEntry> {
    return this.#entries;
  }

  /** Replaces the functions. Those that are declared as before keep their revisions. */
  replace(functions: ReadonlyMap<string, LocalFunction>): void {
    const entries = new Map<string, CatalogEntry>();
    for (const [name, fn] of functions) entries.set(name, this.#entryOf(fn));
    for (const name of this.#stamps.keys()) if (!entries.has(name)) this.#stamps.delete(name);
    this.#entries = entries;
  }

  /** Gives new revisions to the functions that pass the test, and returns whether there are any. */
  renew(test: (name: string) => boolean): boolean {
    const entries = [...this.#entries].filter(([name]) => test(name));
    for (const [, entry] of entries) entry.revision = this.#nextRevision();
    return entries.length > 0;
  }

  /** Gives a new revision to a function whose code has another stamp than before, or one that can't be determined. */
  noteStamp(entry: CatalogEntry, stamp: string | undefined): void {
    const { name } = entry.fn;
    if (stamp !== undefined && this.#stamps.get(name) === stamp) return;
    if (stamp === undefined) this.#stamps.delete(name);
    else this.#stamps.set(name, stamp);
    // It may have been replaced meanwhile.
    if (!this.renew((each) => each === name) || this.#entries.get(name) !== entry)
      entry.revision = this.#nextRevision();
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
}

/** What a sandbox depends on: everything but the place of the declaration. */
function declaration(fn: LocalFunction): string {
  return JSON.stringify({ ...fn, place: undefined });
}
