import type { Question } from "./question.ts";
import { formatElapsed } from "../format.ts";

/** What a start looks like from what was started before: an accident, or something to ask about first. */
export type StartCheck =
  { kind: "doubleClick" } | { kind: "question"; question: Question } | { kind: "start" };

/** What is known of earlier starts of the function. */
export interface StartFacts {
  functionName: string;
  /** Everything was given by a script: it may start a function as often as it likes. */
  scripted: boolean;
  /** Milliseconds since the function was last started, whether it still runs or not. */
  sinceStartMs: number | undefined;
  /** Milliseconds since the function's newest invocation under way was started, where there is one. */
  runningMs: number | undefined;
}

/**
 * A second start of the same function within this time is a double click, in milliseconds, and also where the function
 * has answered between the two clicks. Operating systems take half a second.
 */
export const DOUBLE_CLICK_MS = 500;

/** Tells a start from a double click; answers at once, so that nothing can start between the look and the start. */
export function checkStart(facts: StartFacts): StartCheck {
  const { functionName, scripted, runningMs, sinceStartMs = Number.POSITIVE_INFINITY } = facts;
  if (scripted) return { kind: "start" };
  if (sinceStartMs < DOUBLE_CLICK_MS) return { kind: "doubleClick" };
  if (runningMs === undefined) return { kind: "start" };
  const message = `${functionName} has been running for ${formatElapsed(runningMs)}. Invoke it a second time?`;
  return { kind: "question", question: { message, yes: "Invoke Again" } };
}
