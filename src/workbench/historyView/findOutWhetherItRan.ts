import { ProgressLocation, window } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import type { Connection } from "../../core/connections/connection.ts";
import { findOut, type LostInvocation } from "../../core/findings/findOut.ts";
import type { SearchedTime } from "../../core/findings/searchedTime.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import { destinationOf, type HistoryItem, isSameDestination } from "../../core/history/historyItem.ts";
import { verdictOf } from "../../core/history/toHistoryRecord.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { Finding } from "../../core/invocation/finding.ts";
import { type InvocationRecord, mayHaveRun } from "../../core/invocation/record.ts";
import { findingSentence } from "../../core/output/findingText.ts";
import { UserError } from "../../core/userError.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import type { History } from "../history/history.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import { fixAction } from "../report.ts";

/** What finding out needs. */
export interface FindOutCommandParts {
  clock: Pick<Clock, "now">;
  history: Pick<History, "entries" | "noteFinding" | "others" | "read">;
  prompts: { catalog: Pick<FunctionCatalog, "connection" | "find" | "open"> };
  store: Pick<InvocationStore, "noteFinding" | "records">;
}

/**
 * Reads the function's log for an invocation whose answer was lost, and keeps what it shows beside the verdict. Resolves to
 * `undefined` if it was canceled. Throws a `UserError` for an invocation of which more is known, or whose connection is gone.
 */
export async function findOutWhetherItRan(
  id: string,
  parts: FindOutCommandParts,
): Promise<Finding | undefined> {
  const { item, record } = await parts.history.read(id);
  checkUnknown(record, parts);
  const connection = await connectionOf(item, parts);
  const lost = lostInvocation(item, record, parts);
  const finding = await withCancel(titleOf(item), async (signal, report) => {
    const api = await parts.prompts.catalog.open(connection, signal);
    const onProgress = (lines: number): void => report(`${lines.toLocaleString("en-US")} lines read`);
    return findOut(lost, { api, clock: parts.clock, onProgress }, signal);
  });
  if (!finding) return undefined;
  await parts.history.noteFinding(id, finding);
  parts.store.noteFinding(record, finding);
  tell(record, finding);
  return finding;
}

function checkUnknown(record: InvocationRecord, { history }: Pick<FindOutCommandParts, "history">): void {
  if (history.entries().find(({ item }) => item.id === record.id)?.isRunning)
    throw new UserError("This invocation is under way. Wait for its answer, or cancel it first.");
  if (record.mode === "DryRun")
    throw new UserError("This was a check, which runs no function. Select an invocation that is unknown.");
  if (!mayHaveRun(record))
    throw new UserError(
      "What became of this invocation is known: open it to see. Select one that is unknown.",
    );
}

/** Only where the invocation was sent does a log tell of it. */
async function connectionOf(
  { connection: name, destination }: HistoryItem,
  { prompts }: FindOutCommandParts,
): Promise<Connection> {
  const connection = await prompts.catalog.connection(name);
  if (!connection)
    throw new UserError(`The connection ${name} isn't there any more. Add it again to read the log.`);
  if (!isSameDestination(destinationOf(connection), destination))
    throw new UserError(
      `The connection ${name} leads elsewhere now. Change it back to read the log of where the event was sent.`,
    );
  return connection;
}

function lostInvocation(
  item: HistoryItem,
  record: InvocationRecord,
  { clock, history, prompts, store }: FindOutCommandParts,
): LostInvocation {
  const others = history.others(item.id);
  const kept = store.records.filter(({ id }) => id !== item.id);
  const known = new Set([...others, ...kept].map(({ requestId }) => requestId));
  const rivals = others.filter((other) => isRival(item, other));
  const found = prompts.catalog.find(item.connection, item.function.arn ?? item.function.name);
  return {
    record,
    isLocal: item.destination.kind === "local",
    known: loggingOf(found),
    retentionDays: found?.durable?.retentionDays,
    isOthers: (requestId) => known.has(requestId),
    hasRivals: (time) => rivals.some((rival) => overlaps(rival, time, clock.now())),
  };
}

function loggingOf(found: FunctionSummary | undefined): LostInvocation["known"] {
  return found && { logGroup: found.logGroup, timeoutSeconds: found.timeoutSeconds };
}

/** An invocation of the same function of which the request id isn't known either. */
function isRival(item: HistoryItem, other: HistoryItem): boolean {
  const isSame = item.function.name === other.function.name;
  if (!isSame || other.requestId !== undefined) return false;
  const isOpen = mayHaveRun({ mode: other.mode, verdict: verdictOf(other) });
  return isOpen && isSameDestination(item.destination, other.destination);
}

function overlaps({ durationMs, startedAt }: HistoryItem, time: SearchedTime, nowMs: number): boolean {
  const startMs = Date.parse(startedAt);
  const endMs = durationMs === undefined ? nowMs : startMs + durationMs;
  return startMs <= time.untilMs && endMs >= time.sinceMs;
}

function titleOf({ connection, function: fn }: HistoryItem): string {
  return `Reading the log of ${labelOf(fn)} on ${connection}`;
}

async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: ProgressLocation.Notification, cancellable: true, title };
  return window.withProgress(options, async (progress, token) => {
    const canceled = new AbortController();
    const listener = token.onCancellationRequested(() => canceled.abort());
    try {
      return await work(canceled.signal, (message) => progress.report({ message }));
    } catch (error) {
      if (canceled.signal.aborted) return undefined;
      throw error;
    } finally {
      listener.dispose();
    }
  });
}

function tell({ connection, function: fn, id }: InvocationRecord, finding: Finding): void {
  const message = `${labelOf(fn)} (${connection}): ${findingSentence(finding)}`;
  const open = fixAction({ title: "Open Invocation", command: COMMANDS.openRecord, arguments: [id] });
  void window.showInformationMessage(message, open).then((chosen) => chosen?.run());
}
