import type { FunctionReference, LambdaApi } from "../ports.ts";
import { PATIENCE_MS } from "./followEvent.ts";

const HOUR_MS = 60 * 60_000;
/** How long Lambda keeps an event at most, and if nothing else is configured (AWS Lambda API: MaximumEventAgeInSeconds). */
const DEFAULT_AGE_MS = 6 * HOUR_MS;
const MIN_AGE_MS = 60_000;

/** After so many milliseconds, nothing comes of an accepted event any more: its last attempt may have begun at its end. */
export const MAX_EVENT_AGE_MS = DEFAULT_AGE_MS + PATIENCE_MS;

/** Whether Lambda may still try an event that was accepted so long ago. Its configuration is read only if that matters. */
export async function mayHaveAttempts(
  fn: FunctionReference,
  ageMs: number,
  api: Pick<LambdaApi, "eventPolicy">,
  signal: AbortSignal,
): Promise<boolean> {
  if (ageMs < MIN_AGE_MS + PATIENCE_MS) return true;
  const { maximumAgeMs = DEFAULT_AGE_MS } = (await api.eventPolicy(fn, signal)) ?? {};
  return ageMs < maximumAgeMs + PATIENCE_MS;
}
