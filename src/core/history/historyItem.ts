import type { AwsConnection, Connection, LocalConnection } from "../connections/connection.ts";
import { findingSentence } from "../output/findingText.ts";
import type { Finding } from "../invocation/finding.ts";
import type { InvocationMode, InvocationSpec, InvokedFunction } from "../invocation/invocationSpec.ts";
import type {
  EventOutcome,
  InvocationError,
  InvocationRecord,
  ResponseBody,
  Verdict,
} from "../invocation/record.ts";

/** Where an invocation went, whatever its connection is called by now. */
export type Destination = Omit<LocalConnection, "name"> | Omit<AwsConnection, "name">;

/** What the history shows of an invocation in a row, and finds it by. It's small: every one of them is in memory. */
export interface HistoryItem {
  id: string;
  function: InvokedFunction;
  /** The connection's name. */
  connection: string;
  destination: Destination;
  mode: InvocationMode;
  /** ISO 8601 */
  startedAt: string;
  payloadBytes: number;
  responseBytes?: number;
  /** What the history has of it. */
  has: readonly HistoryPart[];
  /** `undefined` until it has ended. */
  verdict?: Verdict;
  durationMs?: number;
  requestId?: string;
  /** The error's type, or else its name. */
  error?: string;
  /** What became of an accepted event. */
  outcome?: EventOutcome["verdict"];
  /** Nothing more is awaited of an accepted event: nothing was heard for long, or somebody stopped it. */
  followingEnded?: boolean;
  /** What the function's log showed, in a sentence, if the answer was lost. */
  finding?: string;
  /** It's in the memory of its window, and nowhere else. */
  isUnsaved?: true;
}

/** A part of an invocation that has a document of its own. */
export type HistoryPart = "payload" | "response" | "log";

/** The rest of an invocation, which is read when it's opened. */
export interface HistoryDetails extends Pick<
  InvocationRecord,
  | "attempts"
  | "statusCode"
  | "executedVersion"
  | "functionError"
  | "durableExecutionArn"
  | "report"
  | "outcome"
  | "finding"
  | "log"
> {
  payload?: StoredBody;
  response?: StoredBody;
  error?: InvocationError;
  origin?: string;
  clientContext?: object;
  tenantId?: string;
  durableExecutionName?: string;
}

/** A payload or response: in its line, or in a file of its own if it's large. */
export type StoredBody = ResponseBody | BodyFile;

/** A file with the bytes of a payload or a response. */
export interface BodyFile {
  file: string;
  bytes: number;
  checksum: number;
  isText: boolean;
}

/** One line of the history: an invocation as it stands then, and the details that are new. */
export interface HistoryLine {
  item: HistoryItem;
  /** Grows with each line of an invocation; the highest counts. */
  revision: number;
  details: Partial<HistoryDetails>;
}

/** Where calls of a connection go. What an endpoint has of a sign-in is left out. */
export function destinationOf(connection: Connection): Destination {
  if (connection.kind === "local") return { kind: "local" };
  const { kind, profile, region, endpoint } = connection;
  return { kind, profile, region, endpoint: endpoint === undefined ? undefined : withoutSignIn(endpoint) };
}

function withoutSignIn(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  if (url.username === "" && url.password === "") return endpoint;
  url.username = "";
  url.password = "";
  return url.href;
}

/** Whether two destinations are the same place. */
export function isSameDestination(a: Destination, b: Destination): boolean {
  if (a.kind === "local" || b.kind === "local") return a.kind === b.kind;
  return a.profile === b.profile && a.region === b.region && a.endpoint === b.endpoint;
}

/** What an invocation is before it's sent. */
export interface StartedInvocation {
  id: string;
  spec: InvocationSpec;
  connection: Connection;
  /** ISO 8601 */
  startedAt: string;
  isUnsaved?: true;
}

/** The line that is written before the request leaves. */
export function startedLine(started: StartedInvocation, savePayload: boolean): HistoryLine {
  const { id, spec, connection, startedAt, isUnsaved } = started;
  const { function: fn, mode, payload, origin, clientContext, tenantId, durableExecutionName } = spec;
  const item: HistoryItem = {
    id,
    function: fn,
    connection: connection.name,
    destination: destinationOf(connection),
    mode,
    startedAt,
    payloadBytes: payload.bytes,
    has: savePayload ? ["payload"] : [],
    isUnsaved,
  };
  const kept = savePayload ? { payload: { text: payload.text }, clientContext } : {};
  return { item, revision: 0, details: { ...kept, origin, tenantId, durableExecutionName } };
}

/** The line that is written when it has ended. */
export function endedLine(started: HistoryItem, record: InvocationRecord, savePayload: boolean): HistoryLine {
  const { attempts, statusCode, executedVersion, functionError, durableExecutionArn, report } = record;
  const facts = { attempts, statusCode, executedVersion, functionError, durableExecutionArn, report };
  const error = savePayload ? record.error : withoutContent(record);
  const kept = savePayload ? { response: record.response, log: record.log } : {};
  const has: HistoryPart[] = [...started.has];
  if (kept.response && record.responseBytes !== 0) has.push("response");
  if (kept.log !== undefined && kept.log !== "") has.push("log");
  return { item: { ...withEnd(started, record), has }, revision: 1, details: { ...facts, ...kept, error } };
}

/** The line that is written when more is known of an accepted event. */
export function outcomeLine(
  ended: HistoryItem,
  record: InvocationRecord,
  { revision, savePayload, isLast }: { revision: number; savePayload: boolean; isLast: boolean },
): HistoryLine {
  const { outcome } = record;
  const isKnown = outcome?.verdict === "returned" || outcome?.verdict === "failed";
  const followingEnded = isLast && !isKnown ? true : undefined;
  const attempts = outcome?.attempts.map((attempt) => (savePayload ? attempt : { ...attempt, log: "" }));
  const kept = outcome && { ...outcome, attempts: attempts ?? [] };
  const item = { ...withEnd(ended, record), has: ended.has, followingEnded };
  return { item, revision, details: { outcome: kept } };
}

/**
 * The line that is written when a log has been read for an invocation whose answer was lost. A window that was only taken
 * for closed may still write its end, which has the next whole revision: this line comes before that.
 */
export function findingLine(item: HistoryItem, known: number, finding: Finding): HistoryLine {
  const revision = (known + Math.floor(known) + 1) / 2;
  return { item: { ...item, finding: findingSentence(finding) }, revision, details: { finding } };
}

function withEnd(started: HistoryItem, record: InvocationRecord): HistoryItem {
  const { startedAt, durationMs, verdict, requestId, responseBytes, error, outcome } = record;
  const name = error?.errorType ?? error?.name;
  const ended = { startedAt, durationMs, verdict, requestId, responseBytes, error: name };
  return { ...started, ...ended, outcome: outcome?.verdict };
}

/** A function's own error is its response: of that, only what kind of error it is. */
function withoutContent({ error, functionError }: InvocationRecord): InvocationError | undefined {
  if (!error || functionError === undefined) return error;
  return { name: error.name, errorType: error.errorType, message: "The message isn't kept." };
}
