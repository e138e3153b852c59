import { readFileSync, statSync } from "node:fs";
import { fileStamp } from "../../model/codeStamp.ts";
import type { Boundary } from "../code/boundary.ts";
import type { Sources } from "../template/declared.ts";

/** CloudFormation's limit for a template; what a template names is no larger. */
export const largestFile = 1024 * 1024;

/** Reads what a template names, and remembers it: the template is read again when one of these files changes. */
export class TrackedSources implements Sources {
  readonly environment: Readonly<Record<string, string>>;
  /** Each file's stamp from before it was read; undefined where it was not there. */
  readonly stamps = new Map<string, string | undefined>();
  readonly #boundary: Boundary;

  constructor(
    boundary: Boundary,
    environmentFile: string | undefined,
    parse: (text: string) => Record<string, string>,
  ) {
    this.#boundary = boundary;
    // The person named this file; it may be anywhere.
    const text = environmentFile === undefined ? undefined : this.#read(environmentFile);
    this.environment = text === undefined ? {} : parse(text);
  }

  allows(path: string): boolean {
    return this.#boundary.allows(path);
  }

  read(path: string): string | undefined {
    return this.allows(path) ? this.#read(path) : undefined;
  }

  /** Remembers a file that is not read here, but on which what was found depends. */
  note(path: string): void {
    if (!this.stamps.has(path)) this.stamps.set(path, fileStamp(path));
  }

  #read(path: string): string | undefined {
    this.note(path);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size > largestFile) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch {
      // It went in this moment, or may not be read.
      return undefined;
    }
  }
}
