/** What the log of a function, or the list of its durable executions, shows of an invocation whose answer was lost. */
export interface Finding {
  result: FindingResult;
  /** When the log was read; ISO 8601, as all times here. */
  readAt: string;
  /** What was read; not if it was the list of durable executions. */
  logGroup?: string;
  /** The durable execution that the invocation named, with its name alone if there's none. */
  execution?: FoundExecution;
  /** The time that was searched. */
  since: string;
  until: string;
  /** The runs that may be the invocation's, the first one first; if its request id is known, its own. */
  runs: readonly FoundRun[];
  /** How many more such runs the log has. */
  moreRuns: number;
  /** What keeps the log from telling more. */
  limits: readonly FindingLimit[];
}

/** What came of reading a log. */
export type FindingResult =
  /** The log has lines of the invocation's own request id. */
  | "ran"
  /** Runs that belong to no request known here: one of them may be the invocation's. */
  | "mayHaveRun"
  /** The log was read, and has no such run. */
  | "noRunLogged"
  /** The log couldn't be read. */
  | "unreadable"
  /** Lambda has the durable execution of the name that was sent with the invocation. */
  | "executionFound"
  | "noExecution";

/** A durable execution as Lambda lists it. */
export interface FoundExecution {
  name: string;
  arn?: string;
  status?: ExecutionStatus;
  startedAt?: string;
  endedAt?: string;
}

/** AWS Lambda API: ExecutionStatus. */
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED";

/** A run of the function, as its log tells. */
export interface FoundRun {
  requestId: string;
  startedAt: string;
  outcome: RunOutcome;
  durationMs?: number;
  /** How often an accepted event was tried, if more than once. */
  attempts?: number;
  /** By this machine's clock, it began before the invocation was sent. */
  isBefore?: true;
}

/** What a log tells of the end of a run. */
export type RunOutcome =
  /** Lambda or Local says that it returned. */
  | "returned"
  /** Lambda says that it failed, or the function's runtime logged an error last. */
  | "failed"
  | "timedOut"
  /** It ended, and its log shows no error. A log in text format doesn't say more. */
  | "ended"
  /** The log has no end of it. */
  | "open";

/** Why a log may not show everything, or anything. */
export type FindingLimit =
  /** The function may still be running, as far as its timeout tells. */
  | "mayStillRun"
  /** Lambda keeps an accepted event for up to six hours. */
  | "eventMayWait"
  /** What was logged in the last minute may not be there yet. */
  | "recent"
  | "noGroup"
  | "noPermission"
  /** The log group's class doesn't let its lines be read. */
  | "infrequentAccess"
  | "delivery"
  /** The log group can't be read like this, and its class isn't known. */
  | "notReadable"
  /** The function's system log level hides the lines of runs that succeed. */
  | "levelHidesRuns"
  /** The log has no line at all in this time. */
  | "noLines"
  /** The log group was made after the time that was searched. */
  | "groupIsNewer"
  /** The log group doesn't keep lines for that long. */
  | "retention"
  /** There was more than is read. */
  | "cut"
  /** The function's timeout and log group aren't known. */
  | "configurationUnknown"
  /** Another invocation of the function, sent in the same time, has no known request id either. */
  | "othersUnknown"
  /** Local keeps logs in memory. */
  | "localMemory"
  /** The list of durable executions couldn't be read, which would have been certain. */
  | "executionsUnreadable"
  /** What has just begun may not be listed yet. */
  | "listMayLag"
  /** Lambda may not keep the execution any more. */
  | "executionsExpire";
