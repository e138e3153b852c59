import type { Attempt } from "./attempt.ts";
import type { InvocationSpec } from "./invocationSpec.ts";
import type { InvocationRecord } from "./record.ts";
import type { StreamChunk } from "./streamedResponse.ts";

/** What happens to an invocation, in this order; `attempt` and `gaveUp` follow an accepted event only. */
export type InvocationEvent =
  | { type: "started"; id: string; spec: InvocationSpec }
  /** A part of a streamed response arrived. */
  | { type: "chunk"; id: string; chunk: StreamChunk }
  | { type: "ended"; record: InvocationRecord }
  | TrackingEvent;

/** What becomes of an accepted event afterwards. */
export type TrackingEvent =
  /** An earlier window left it, and it's run now. */
  | { type: "resumed"; event: TrackedEvent; acceptedAtMs: number; atMs: number }
  | { type: "attempt"; event: TrackedEvent; attempt: Attempt }
  /** Nothing more is heard of it, after so many attempts. */
  | { type: "gaveUp"; event: TrackedEvent; attempts: number; atMs: number };

/** An accepted event that is followed until its outcome is known. */
export interface TrackedEvent extends Pick<InvocationSpec, "function" | "connection"> {
  requestId: string;
}
