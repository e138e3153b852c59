import { type Attempt, isSettled } from "./attempt.ts";
import type { EventOutcome, InvocationRecord } from "./record.ts";

/** The record of an accepted event with another attempt joined to it; an attempt that was known before is replaced. */
export function withAttempt(record: InvocationRecord, attempt: Attempt): InvocationRecord {
  const others = (record.outcome?.attempts ?? []).filter(({ number }) => number !== attempt.number);
  const attempts = [...others, attempt].toSorted((a, b) => a.number - b.number);
  return { ...record, outcome: outcomeOf(attempts) };
}

function outcomeOf(attempts: readonly Attempt[]): EventOutcome {
  const last = attempts.at(-1);
  if (!last || !isSettled(last)) return { verdict: "unknown", attempts };
  if (last.outcome === "ended") return { verdict: "returned", attempts };
  const failed: EventOutcome = { verdict: "failed", attempts };
  if (last.onFailure !== undefined) failed.destination = last.onFailure;
  return failed;
}

/** The record of an accepted event that nothing more is heard of. */
export function withoutOutcome(record: InvocationRecord): InvocationRecord {
  return { ...record, outcome: { verdict: "unknown", attempts: record.outcome?.attempts ?? [] } };
}
