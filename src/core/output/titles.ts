import type { InvocationMode } from "../invocation/invocationSpec.ts";
import type { Verdict } from "../invocation/record.ts";

/** The words that stand for a verdict, and the sentence that explains it. */
export const VERDICTS: Readonly<Record<Verdict, { title: string; sentence: string }>> = {
  returned: { title: "RETURNED", sentence: "The function ran and returned." },
  failed: { title: "FAILED", sentence: "The function ran and failed." },
  accepted: {
    title: "ACCEPTED",
    sentence: "The event is queued. Lambda runs the function in the background.",
  },
  valid: { title: "VALID", sentence: "The function is there and you may invoke it like this. Nothing ran." },
  notRun: { title: "NOT RUN", sentence: "The function did not run." },
  unknown: { title: "UNKNOWN", sentence: "Whether the function ran is not known." },
};

export const MODES: Readonly<Record<InvocationMode, string>> = {
  RequestResponse: "Invoke",
  Event: "Invoke Asynchronously",
  DryRun: "Check",
  ResponseStream: "Invoke with Streaming Response",
};

/** The titles of attempts, beside the verdicts of invocations. */
export const ATTEMPT_TITLES = { ended: "ENDED", failed: VERDICTS.failed.title } as const;

/** The headings of what follows an accepted event. */
export const EVENT_HEADINGS = {
  resumed: "Resume",
  attempt: "Attempt",
  gaveUp: "Not Followed Any More",
} as const;

/** The heading of a streamed response while it arrives. */
export const STREAM_HEADING = "Streaming Response";

/** The titles of a block's sections. */
export const SECTIONS = { log: "Log", response: "Response", error: "Error", finding: "Finding" } as const;

/** What stands before and after a heading, and after its time. */
export const RULE = "━━━";
