import { readFileSync } from "node:fs";
import { stampOf } from "../../model/fileStamp.ts";
import type { Boundary } from "../code/boundary.ts";
import { Budget } from "../template/budget.ts";
import type { Sources } from "../template/declarations.ts";
import type { EnvironmentFile } from "../template/environmentFile.ts";
import { readEnvironmentFile } from "./readEnvironmentFile.ts";
import type { ParsedTemplates } from "../template/parsedTemplates.ts";
import type { AssignedNames } from "../template/scope.ts";
import { statOf } from "../../model/statOf.ts";

/** CloudFormation's limit for a template; also used for the files that a template names. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Changes when the file does, or a folder comes or goes. */
export function sourceStamp(path: string): string | undefined {
  const stats = statOf(path);
  if (stats?.isDirectory()) return "folder";
  return stats?.isFile() ? stampOf(stats) : undefined;
}

/** Reads the files that a template depends on and records them, so that a change of one makes the template stale. */
export class TrackedSources implements Sources {
  readonly environment: EnvironmentFile;
  /** Why the file of environment variables can't be read, as a clause. */
  readonly environmentFailure: string | undefined;
  readonly budget = new Budget();
  readonly assignedNames: AssignedNames;
  readonly parsed: ParsedTemplates;
  /** Each path's stamp from before it was read; undefined for a missing one. */
  readonly stamps = new Map<string, string | undefined>();
  readonly #boundary: Boundary;

  constructor(
    boundary: Boundary,
    { assignedNames, parsed }: Pick<Sources, "assignedNames" | "parsed">,
    environmentFile: string | undefined,
  ) {
    this.#boundary = boundary;
    this.assignedNames = assignedNames;
    this.parsed = parsed;
    // The user chose this file, so it may be anywhere.
    const text = environmentFile === undefined ? undefined : this.#read(environmentFile);
    const { environment, why } = readEnvironmentFile(text ?? "");
    this.environment = environment;
    this.environmentFailure = why;
  }

  allows(path: string): boolean {
    return this.#boundary.allows(path);
  }

  read(path: string): string | undefined {
    if (statOf(path) !== undefined) return this.allows(path) ? this.#read(path) : undefined;
    // Whether it's inside the workspace needn't be found out, which takes longest for a path where nothing is.
    this.track(path);
    return undefined;
  }

  /** Records a dependency on a file, or on whether there is a folder, without reading it. */
  track(path: string): void {
    if (!this.stamps.has(path)) this.stamps.set(path, sourceStamp(path));
  }

  #read(path: string): string | undefined {
    this.track(path);
    return readSmallFile(path);
  }
}

/** The content of a file; undefined where it's missing, too large or not readable. */
export function readSmallFile(path: string): string | undefined {
  const stats = statOf(path);
  if (!stats?.isFile() || stats.size > MAX_FILE_BYTES) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It was just deleted, or isn't readable.
    return undefined;
  }
}
