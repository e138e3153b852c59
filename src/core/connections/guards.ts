import type { Connection } from "./connection.ts";
import { formatElapsed } from "../format.ts";
import { isProtected } from "../functions/matching.ts";
import type { InvokeMode } from "../invocation/invocationSpec.ts";
import type { Target } from "../functions/target.ts";

/** A question that must be answered with `yes` before anything is sent. */
export interface Question {
  message: string;
  /** Why it is asked, in a sentence. */
  detail?: string;
  yes: string;
}

/** What stands between a command and sending. */
export type Guard = { kind: "doubleClick" } | { kind: "questions"; questions: readonly Question[] };

/** What the guards look at. */
export interface GuardFacts {
  mode: InvokeMode;
  target: Target;
  connection: Connection;
  /** Everything was given by a script: only protection asks. */
  scripted: boolean;
  /** Milliseconds since the function was last started, whether it still runs or not. */
  sinceStartMs: number | undefined;
  /** Milliseconds since the function's newest invocation under way was started, where there is one. */
  runningMs: number | undefined;
  /** The globs of `lambdaInvoke.protected`. */
  protectedGlobs: readonly string[];
}

/**
 * A second start of the same function within this time is a double click, in milliseconds, and also where the function
 * has answered between the two clicks. Operating systems take half a second.
 */
export const DOUBLE_CLICK_MS = 500;

/** Says what must be asked first; answers at once, so that nothing can start between the look and the start. */
export function guardOf(facts: GuardFacts): Guard {
  const { target, scripted, runningMs, sinceStartMs = Number.POSITIVE_INFINITY } = facts;
  if (!scripted && sinceStartMs < DOUBLE_CLICK_MS) return { kind: "doubleClick" };
  const questions: Question[] = [];
  if (!scripted && runningMs !== undefined) {
    const message = `${target.function} has been running for ${formatElapsed(runningMs)}. Invoke it a second time?`;
    questions.push({ message, yes: "Invoke Again" });
  }
  if (facts.mode !== "DryRun" && isGuarded(facts)) questions.push(protection(facts.mode, target));
  return { kind: "questions", questions };
}

function protection(mode: Exclude<InvokeMode, "DryRun">, target: Target): Question {
  const { connection, function: name, qualifier } = target;
  const which = qualifier === undefined ? name : `${name}:${qualifier}`;
  const [how, yes] =
    mode === "Event" ? ["asynchronously", "Invoke Asynchronously"] : ["synchronously", "Invoke"];
  return {
    message: `Invoke ${which} on ${connection} ${how}?`,
    detail: "It is protected: every invocation must be confirmed.",
    yes,
  };
}

function isGuarded({ connection, target, protectedGlobs }: GuardFacts): boolean {
  if (connection.kind === "aws" && connection.protected) return true;
  return isProtected(protectedGlobs, target.connection, target.function);
}
