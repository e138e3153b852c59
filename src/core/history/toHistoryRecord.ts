import type { InvocationRecord, ResponseBody, Verdict } from "../invocation/record.ts";
import type { HistoryDetails, HistoryItem } from "./historyItem.ts";

/** The details of an invocation with its payload and response read from where they are. */
export interface LoadedDetails extends Partial<Omit<HistoryDetails, "payload" | "response">> {
  payload?: ResponseBody;
  response?: ResponseBody;
}

/** An item and its details as a record. One whose window ended before its answer came is `unknown`. */
export function toHistoryRecord(item: HistoryItem, details: LoadedDetails): InvocationRecord {
  const { id, connection, mode, startedAt, requestId, responseBytes, durationMs = 0 } = item;
  const { payload, attempts = 1, ...others } = details;
  const text = payload && "text" in payload ? payload.text : "";
  return {
    ...others,
    ...(item.verdict === undefined ? INTERRUPTED : {}),
    id,
    function: item.function,
    connection,
    mode,
    startedAt,
    durationMs,
    attempts,
    requestId,
    responseBytes,
    payload: { text, bytes: item.payloadBytes },
    verdict: verdictOf(item),
  };
}

/** What is known of an invocation: if it has no verdict, whether it ran isn't. */
export function verdictOf({ verdict }: Pick<HistoryItem, "verdict">): Verdict {
  return verdict ?? "unknown";
}

const INTERRUPTED = {
  error: {
    name: "WindowEnded",
    message: "The window ended before the answer came.",
    reason: "answerLost",
  },
} as const;
