import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The end of the names of files that have lines. */
const LINES = ".jsonl";
/** The end of the names of the marks of windows that are open. */
const MARK = ".open";
/** The end of the names of files with one payload or response each. */
const BODY = ".body";

/** The end of the names of files by which one window goes on with an event of another. */
const CLAIM = ".claim";

/** The files of a history, by what they are. */
export interface HistoryFiles {
  /** The newest first. */
  lines: readonly string[];
  marks: readonly string[];
  bodies: readonly string[];
  claims: readonly string[];
}

/** A file that has lines of a window: they have numbers, since no file grows without end. */
export function linesFile(window: string, number: number): string {
  return `${window}.${String(number).padStart(6, "0")}${LINES}`;
}

export function markFile(window: string): string {
  return `${window}${MARK}`;
}

export function bodyFile(id: string, part: "payload" | "response"): string {
  return `${id}.${part}${BODY}`;
}

export function claimFile(id: string, number: number): string {
  return `${id}.${number}${CLAIM}`;
}

/** The id of the invocation that a claim is about. */
export function ownerOfClaim(file: string): string {
  return file.slice(0, file.indexOf("."));
}

export function claimNumber(file: string): number {
  return Number(file.split(".")[1]);
}

/** The id of the invocation that a payload or response belongs to. */
export function ownerOfBody(file: string): string {
  return file.slice(0, file.indexOf("."));
}

/** The window that writes a file. */
export function windowOf(file: string): string {
  return file.slice(0, file.indexOf("."));
}

/** A name for what writes files from now on; those of later windows come later in the order of names. */
export function newWindowName(nowMs: number, processId: number, random: string): string {
  return `${nowMs.toString(36).padStart(9, "0")}-${processId}-${random}`;
}

/** The process of a window's extension host; 0 for files that were rewritten. */
export function processOf(window: string): number {
  return Number(window.split("-")[1] ?? 0);
}

/** The files that there are; none if there's no folder yet. */
export async function listFiles(folder: string): Promise<HistoryFiles> {
  const names = await unlessMissing(readdir(folder), []);
  const ending = (end: string): string[] => names.filter((name) => name.endsWith(end));
  return {
    lines: ending(LINES).toSorted((a, b) => (a < b ? 1 : -1)),
    marks: ending(MARK),
    bodies: ending(BODY),
    claims: ending(CLAIM),
  };
}

/** What a file operation comes to, or something else if the file or folder isn't there. */
export async function unlessMissing<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return otherwise;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

export function pathIn(folder: string, file: string): string {
  return join(folder, file);
}
