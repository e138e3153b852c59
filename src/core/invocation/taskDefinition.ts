import { UserError } from "../userError.ts";
import { INVOCATION_MODES, type InvocationMode } from "./invocationSpec.ts";
import { parseArgument, type ParsedArgument } from "./invokeArgument.ts";
import type { Verdict } from "./record.ts";

/** A task of type `lambda-invoke` that is understood as a whole. */
export interface ParsedTask {
  mode: InvocationMode;
  argument: ParsedArgument;
  /** The file with the payload, as it's written. */
  file: string | undefined;
}

const MODES: ReadonlySet<unknown> = new Set(INVOCATION_MODES);

/** Parses a task's definition. A task says what it sends: no editor is looked at. Throws a `UserError`. */
export function parseTask({
  type: _type,
  mode = "RequestResponse",
  file,
  ...rest
}: Readonly<Record<string, unknown>>): ParsedTask {
  if (!isMode(mode)) throw refusal(`has an unknown “mode”. It must be one of ${[...MODES].join(", ")}`);
  if (file !== undefined && (typeof file !== "string" || file === ""))
    throw refusal("must have the path of a file as “file”");
  const argument = parseArgument(rest);
  if (argument.function === undefined) throw refusal("names no “function”");
  if ((argument.payload === undefined) === (file === undefined))
    throw refusal("must have either a “payload” or a “file”");
  return { mode, argument, file };
}

function isMode(value: unknown): value is InvocationMode {
  return MODES.has(value);
}

function refusal(what: string): UserError {
  return new UserError(`The task ${what}. Nothing was sent. Fix it in tasks.json.`);
}

/** The exit codes of a task, by the verdict of its invocation. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  returned: 0,
  accepted: 0,
  valid: 0,
  failed: 1,
  notRun: 2,
  unknown: 3,
};
