/** A place in a workspace file; lines and columns count from 0. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
}

/** What the local service knows about the workspace and the Lambda API doesn't express. */
export interface LocalState {
  /** Where each function is declared, by function name. */
  places: Readonly<Record<string, SourcePlace>>;
  problems: readonly Problem[];
  /** The templates and services with functions or problems, by file. */
  templates: readonly LocalTemplate[];
}

/** A template or service, with those that are nested in it. */
export interface LocalTemplate {
  file: string;
  /** The stack's or service's name, or else the folder's. */
  name: string;
  /** The names of its functions, in the template's order. */
  functions: readonly string[];
}

/** No functions. */
export const emptyState: LocalState = { places: {}, problems: [], templates: [] };

/**
 * How much a problem matters: an error is a template that can't be read, a warning keeps a function from running, and
 * information is what's left out.
 */
export type ProblemSeverity = "error" | "warning" | "information";

/** Something in the workspace that keeps a function from being listed or run, or that Local leaves out. */
export interface Problem {
  /** Identifies the problem for as long as it lasts; unique within a state. */
  id: string;
  /** The function, file or property that has the problem. Joined with the text only when it's shown. */
  subject?: string;
  /** What's wrong and what to do, in sentences. */
  text: string;
  place?: SourcePlace;
  fix?: ProblemFix;
  severity: ProblemSeverity;
  /** The names of the functions that have the problem; empty where it's the template's, or the workspace's. */
  functions: readonly string[];
  /** The file of the template that has the problem, or is in one that's nested in it. */
  template?: string;
}

/** The action that solves a problem. */
export interface ProblemFix {
  /** A shell command. */
  command: string;
  /** The same, where it only installs packages into Local's own folder. */
  install?: Installation;
}

/** A program that installs packages for Local. */
export interface Installation {
  program: string;
  args: readonly string[];
  /** The packages' names. */
  packages: readonly string[];
}

/** A problem as one message: `subject: text`. */
export function problemMessage({ subject, text }: Pick<Problem, "subject" | "text">): string {
  return subject === undefined ? text : `${subject}: ${text}`;
}

/** The errors of the Lambda API with which Local refuses to run a function that has such a problem. */
export const CANNOT_RUN_ERRORS: ReadonlySet<string> = new Set([
  "InvalidRuntimeException",
  "CodeArtifactUserFailedException",
]);

/** The id of the problem that keeps a function from running, e.g. a missing runtime. */
export function cannotRunId(functionName: string): string {
  return `cannotRun:${functionName}`;
}
