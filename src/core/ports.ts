import type { FunctionCredentials } from "@lambda-invoke/local/contract/workspace.ts";
import type { Connection } from "./connections/connection.ts";
import type { FunctionSummary } from "./functions/functionSummary.ts";
import type { ExecutionStatus } from "./invocation/finding.ts";
import type { InvokeCall, Reply } from "./invocation/reply.ts";

/** What the product needs of the Lambda API, at one connection. */
export interface LambdaApi {
  /**
   * ListFunctions, a page at a time; the next page is asked for only when the consumer asks. With the marker of a
   * throttled list it goes on there. Throws a `ListingError`.
   */
  listFunctions(signal: AbortSignal, marker?: string): AsyncIterable<readonly FunctionSummary[]>;
  /** Sends one Invoke request, at most once, and resolves to what came of it; never throws. */
  send(call: InvokeCall, signal: AbortSignal): Promise<Reply>;
  /**
   * FilterLogEvents: the lines that match, in order; none where the group is not there yet. Throws a `UserError`, which
   * says whether the same may succeed later.
   */
  searchLog(query: LogQuery, signal: AbortSignal): Promise<readonly LogLine[]>;
  /**
   * FilterLogEvents, a page at a time; the next page is asked for only when the consumer asks. Throws a `LogError` if the
   * log can't be read, and another `UserError` if the call failed for a reason that isn't the log's.
   */
  readLog(query: LogQuery, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
  /**
   * StartLiveTail of a log group. Ends when CloudWatch Logs ends the session at its limit of time. Throws a `UserError`, and
   * the signal's reason.
   */
  liveTail(logGroupArn: string, signal: AbortSignal): AsyncIterable<LiveTailPart>;
  /** DescribeLogGroups: what is told of a log group by its name; undefined if it can't be read, or isn't there. */
  logGroupFacts(name: string, signal: AbortSignal): Promise<LogGroupFacts | undefined>;
  /** GetFunctionConfiguration: how a function logs, and its timeout; undefined if it can't be read. */
  logging(fn: FunctionReference, signal: AbortSignal): Promise<FunctionLogging | undefined>;
  /** GetFunctionEventInvokeConfig: Lambda's defaults where nothing is configured; undefined where it cannot be read. */
  eventPolicy(fn: FunctionReference, signal: AbortSignal): Promise<EventPolicy | undefined>;
  /** The log group that GetFunctionConfiguration names; undefined where it cannot be read. */
  logGroup(fn: FunctionReference, signal: AbortSignal): Promise<string | undefined>;
  /**
   * ListDurableExecutionsByFunction for one name; undefined if there's none of it, `unreadable` where the list can't be read.
   * Throws a `UserError` if the call failed for another reason.
   */
  durableExecution(
    nameOrArn: string,
    executionName: string,
    signal: AbortSignal,
  ): Promise<DurableExecution | "unreadable" | undefined>;
  /** The tags that GetFunction tells of a function, by its name or ARN; undefined where they cannot be read. */
  tags(nameOrArn: string, signal: AbortSignal): Promise<Readonly<Record<string, string>> | undefined>;
}

/** A function as a request names it. */
export interface FunctionReference {
  /** Its name or ARN. */
  name: string;
  qualifier?: string;
}

/** What Lambda does with events that a function fails with. */
export interface EventPolicy {
  /** 0 to 2 */
  maximumRetryAttempts: number;
  /** For how long an event is kept; 6 hours if nothing is configured. */
  maximumAgeMs?: number;
  /** The ARN of where an event goes that is given up. */
  onFailure?: string;
}

/** Which lines of a log are wanted. */
export interface LogQuery {
  logGroup: string;
  /** One stream of the group only. */
  stream?: string;
  /** Only lines that have this string, or one of these. Their number is up to the caller: a pattern has a limit. */
  text?: string | readonly string[];
  /** Milliseconds since the epoch. */
  sinceMs: number;
  untilMs?: number;
  /** Everything that there is, however many pages it takes. */
  allPages?: true;
  /** The log is read again and again: no `credential_process` is run anew for each time. */
  repeated?: true;
}

/** A part of a Live Tail session. The first one says that it has begun, and has no lines. */
export interface LiveTailPart {
  /** Without ids. */
  lines: readonly LogLine[];
  /** CloudWatch Logs left out others. */
  isSampled: boolean;
}

/** What CloudWatch Logs tells of a log group. */
export interface LogGroupFacts {
  arn?: string;
  /** `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. */
  logClass?: string;
  /** Milliseconds since the epoch. */
  createdAtMs?: number;
  /** Lines are kept for so many days; undefined if for ever. */
  retentionDays?: number;
}

/** What became of a durable execution, by now. */
export interface DurableExecution {
  arn: string;
  status: ExecutionStatus;
  /** ISO 8601, as `endedAt`. */
  startedAt?: string;
  endedAt?: string;
}

/** How a function logs, and how long it may run. */
export interface FunctionLogging {
  logGroup?: string;
  /** `DEBUG`, `INFO` or `WARN`, for logs in JSON format. */
  systemLevel?: string;
  timeoutSeconds?: number;
}

/** A line of a log, or several that were written at once. */
export interface LogLine {
  id: string;
  stream: string;
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Opens the API at a connection; the SDK is loaded on the first call. */
export interface LambdaGateway {
  open(connection: Connection, signal: AbortSignal, options?: OpenOptions): Promise<LambdaApi>;
  /** The profiles of this machine's shared AWS configuration files. */
  profiles(): Promise<readonly AwsProfile[]>;
  /** The profile of calls that name none; undefined where this machine has no AWS configuration at all. */
  defaultProfile(): Promise<AwsProfile | undefined>;
  /** The credentials of such a profile as they are now. Rejects with a `UserError`. */
  credentials(profile: string): Promise<FunctionCredentials>;
  dispose(): void;
}

/** How an API is used. */
export interface OpenOptions {
  /**
   * No person has asked for its calls, so none is asked for anything: they take credentials that a person has given
   * before, or that nobody has to give, and fail otherwise.
   */
  unattended?: boolean;
}

/** A profile of the shared AWS files, and the region that calls with it use. */
export interface AwsProfile {
  name: string;
  region?: string;
}
