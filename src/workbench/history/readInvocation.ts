import type { HistoryItem } from "../../core/history/historyItem.ts";
import type { LoadedDetails } from "../../core/history/toHistoryRecord.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";

/** An invocation with everything that's kept of it. */
export interface ReadInvocation {
  item: HistoryItem;
  revision: number;
  record: InvocationRecord;
  details: LoadedDetails;
}
