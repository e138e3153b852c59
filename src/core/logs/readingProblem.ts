import { limitOfClass } from "../findings/findOut.ts";
import { isLogError } from "../findings/logError.ts";
import { LIMITS } from "../output/findingText.ts";
import type { LogGroupFacts } from "../ports.ts";
import { isUserError } from "../userError.ts";

/** Why a log can't be read now. */
export interface ReadingProblem {
  /** What happened, and what comes or is to be done next. */
  sentence: string;
  /** It may be over when the log is read the next time. */
  goesOn: boolean;
}

/** What to do once the reason is gone; the button is in the title of the log's editor. */
const RESUME = "Then resume, with the button in this editor's title.";

/** Explains what reading a log has thrown; undefined for an error that isn't written for a user. */
export function readingProblem(
  error: unknown,
  logGroup: string,
  facts: LogGroupFacts | undefined,
): ReadingProblem | undefined {
  if (isLogError(error)) {
    if (error.problem === "noGroup") {
      const sentence = `There's no log group ${logGroup} yet. ${LIMITS.noGroup} Waiting for it.`;
      return { sentence, goesOn: true };
    }
    const limit = limitOfClass(error.problem, facts?.logClass);
    const next = limit === "noPermission" ? NO_PERMISSION : LIMITS[limit];
    return { sentence: `The log group ${logGroup} can't be read. ${next}`, goesOn: false };
  }
  if (!isUserError(error)) return undefined;
  return error.retryable
    ? { sentence: `${error.message} It's read again in a moment.`, goesOn: true }
    : { sentence: `${error.message} ${RESUME}`, goesOn: false };
}

const NO_PERMISSION = `Ask for the permission logs:FilterLogEvents on it. ${RESUME}`;
