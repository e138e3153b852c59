import type { FindingLimit } from "../invocation/finding.ts";
import { isUserError, UserError } from "../userError.ts";

/** Why a log can't be read, if that's about the log itself. */
export type LogProblem = Extract<FindingLimit, "noGroup" | "noPermission" | "notReadable">;

/** A log that can't be read. */
export class LogError extends UserError {
  readonly problem: LogProblem;

  constructor(problem: LogProblem, logGroup: string, cause: unknown) {
    super(`The log ${logGroup} can't be read.`, { cause });
    this.problem = problem;
  }
}

/** True for a `LogError` of any bundle. */
export function isLogError(error: unknown): error is LogError {
  return isUserError(error) && "problem" in error;
}
