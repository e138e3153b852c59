import { parseAttemptLine, SERVICE_STREAMS } from "@lambda-invoke/local/contract/attemptLine.ts";
import type { ExecutionReport } from "../invocation/executionReport.ts";
import { parsePlatformLine } from "../invocation/platformLine.ts";
import type { LogLine } from "../ports.ts";

/** What a line of a function's log says of a run, whichever request it's of. */
export type RunLine = { requestId: string } & (
  | { kind: "start"; format: "text" | "json" }
  | { kind: "report"; format: "text" | "json"; status: string | undefined; report: ExecutionReport }
  | { kind: "end" }
  /** Lambda ended the function at its timeout. */
  | { kind: "timeout" }
  /** The function's process ended. */
  | { kind: "crash" }
  /** Local's own line about an attempt with an accepted event. */
  | { kind: "attempt"; outcome: "returned" | "failed" }
  /** A line of the function in JSON format, which names its request. */
  | { kind: "named" }
);

/** Parses a line as one that says something of a run; `undefined` for every other. */
export function parseRunLine({ message, stream }: LogLine, isLocal: boolean): RunLine | undefined {
  const told = isLocal && stream === SERVICE_STREAMS.attempts ? parseAttemptLine(message) : undefined;
  if (told) return { requestId: told.requestId, kind: "attempt", outcome: told.outcome };
  return message.startsWith("{") ? parseJson(message) : parseText(message);
}

const TEXT = /^(?:START|END|REPORT) RequestId: (\S{1,100})\s/;
const TIMEOUT = /^\S+Z (\S{1,100}) Task timed out after [\d.]+ seconds\s*$/;
const CRASH = /^RequestId: (\S{1,100}) Error: /;

function parseText(message: string): RunLine | undefined {
  const requestId = TEXT.exec(message)?.[1];
  if (requestId !== undefined) return parsePlatform(message, requestId);
  const timedOut = TIMEOUT.exec(message)?.[1];
  if (timedOut !== undefined) return { requestId: timedOut, kind: "timeout" };
  const crashed = CRASH.exec(message)?.[1];
  return crashed === undefined ? undefined : { requestId: crashed, kind: "crash" };
}

function parsePlatform(message: string, requestId: string): RunLine | undefined {
  const parsed = parsePlatformLine(message, requestId);
  if (parsed?.kind === "start") return { requestId, kind: "start", format: parsed.format };
  if (parsed?.kind === "end") return { requestId, kind: "end" };
  if (parsed?.kind !== "report") return undefined;
  const { format, report, status } = parsed;
  return { requestId, kind: "report", format, report, status };
}

/** The names that Lambda's runtimes have for the request in their lines in JSON format. */
const ID_NAMES = ["requestId", "AWSRequestId", "awsRequestId"] as const;
const MAX_ID = 100;
/** A longer line is one of the function, and naming its request isn't what makes it long. */
const MAX_LINE = 64 * 1024;

function parseJson(message: string): RunLine | undefined {
  const line = message.length > MAX_LINE ? undefined : parseObject(message);
  if (!line) return undefined;
  if (isId(line.record?.requestId)) return parsePlatform(message, line.record.requestId);
  const requestId = ID_NAMES.map((name) => line[name]).find(isId);
  return requestId === undefined ? undefined : { requestId, kind: "named" };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID;
}

type JsonLine = { record?: { requestId?: unknown } | null } & {
  [Name in (typeof ID_NAMES)[number]]?: unknown;
};

function parseObject(text: string): JsonLine | undefined {
  try {
    return JSON.parse(text) as JsonLine;
  } catch {
    return undefined;
  }
}
