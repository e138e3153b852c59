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
}

/** Something in the workspace that keeps a function from being listed or run. */
export interface Problem {
  /** Identifies the problem for as long as it lasts; unique within a state. */
  id: string;
  /** The function, file or property that has the problem. Joined with the text only when it's shown. */
  subject?: string;
  /** What's wrong and what to do, in sentences. */
  text: string;
  place?: SourcePlace;
  fix?: ProblemFix;
}

/** The action that solves a problem: a shell command. */
export interface ProblemFix {
  command: string;
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
