/** A place in a workspace file; lines and columns count from 0. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
}

/** What the local service knows of the workspace beside what the Lambda API can say. */
export interface LocalState {
  /** Where each function is declared, by function name. */
  places: Readonly<Record<string, SourcePlace>>;
  /** What could not be listed or run, a sentence each, that says what to do. */
  problems: readonly LocalProblem[];
}

/** What could not be listed or run: a sentence that says what to do, and where. */
export interface LocalProblem {
  message: string;
  place?: SourcePlace;
  /** A shell command that mends it. */
  command?: string;
}
