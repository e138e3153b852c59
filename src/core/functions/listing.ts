import type { SignIn } from "../credentials/signIn.ts";
import { isUserError, UserError } from "../userError.ts";

/** Why functions can't be listed, or not yet. */
export interface ListingProblem {
  /** What to do, and why: at most `MAX_LABEL` characters, since rows of the view are narrow. */
  label: string;
  /** What happened, to what, and what to do. */
  message: string;
  /** The sign-in that solves it. */
  signIn?: SignIn;
  /** Listing again asks the user for what was missing. */
  asksAgain?: boolean;
  /** Functions can be invoked all the same, by their names. */
  canInvoke?: boolean;
  /** Lambda asks to slow down: where to go on, and when. */
  throttled?: { marker?: string; retryAfterMs?: number };
}

/** The longest label, in characters. */
export const MAX_LABEL = 40;

/** Ends a list that can't be read, or can't be read any further. */
export class ListingError extends UserError {
  readonly problem: ListingProblem;

  constructor(problem: ListingProblem, options: { cause?: unknown } = {}) {
    super(problem.message, { cause: options.cause, signIn: problem.signIn });
    this.problem = problem;
  }
}

/** The problem that an error of a list stands for; the lazily loaded bundles have copies of the class. */
export function listingProblem(error: unknown): ListingProblem {
  if (isUserError(error) && "problem" in error) return (error as ListingError).problem;
  const message = error instanceof Error ? error.message : String(error);
  return { label: "Open the log: can't list functions", message };
}

/** A label that names something, shortened in the name where it would get too long. */
export function labelFor(action: string, name: string): string {
  const room = MAX_LABEL - action.length - 1;
  return `${action} ${name.length > room ? `${name.slice(0, room - 1)}…` : name}`;
}
