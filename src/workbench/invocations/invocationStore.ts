import { type Disposable, type Event, EventEmitter } from "vscode";
import type { Target } from "../../core/functions/target.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { Finding } from "../../core/invocation/finding.ts";
import type { InvocationEvent, TrackingEvent } from "../../core/invocation/invocationEvent.ts";
import type { InvocationSpec } from "../../core/invocation/invocationSpec.ts";
import { withAttempt, withoutOutcome } from "../../core/invocation/outcome.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { StreamChunk } from "../../core/invocation/streamedResponse.ts";
import { DisposableStore } from "../disposables.ts";
import type { PendingInvocation } from "./pendingInvocation.ts";
import { RecordLog } from "./recordLog.ts";

/** A function at a connection, whatever its version. */
export type FunctionKey = Pick<Target, "connection" | "function">;

/** An invocation that is under way. */
export interface RunningInvocation {
  readonly id: string;
  readonly spec: InvocationSpec;
  /** On the clock that only ever grows, in milliseconds. */
  readonly startedMs: number;
  /** Stops waiting for the answer. */
  cancel(): void;
}

/** What changed in the store. */
export type InvocationChange =
  | { type: "started"; invocation: RunningInvocation }
  /** Nothing was sent, so there's no record. */
  | { type: "abandoned"; invocation: RunningInvocation }
  | { type: "ended"; invocation: RunningInvocation; record: InvocationRecord }
  /** A part of a streamed response arrived. */
  | { type: "chunk"; invocation: RunningInvocation; chunk: StreamChunk }
  /** The log was read for an invocation whose answer was lost. */
  | { type: "found"; record: InvocationRecord; finding: Finding }
  /** Time goes on for what's under way. */
  | { type: "tick"; invocation: RunningInvocation }
  | TrackingEvent;

/**
 * Every invocation of the window: running, ended, the last one, with the attempts of accepted events joined to their
 * records. It's the only owner of them: what shows them subscribes, and keeps no copy.
 */
export class InvocationStore implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new EventEmitter<InvocationChange>());
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #running = new Set<RunningInvocation>();
  readonly #log = new RecordLog();
  /** The newest start of each function, also if it has ended since. */
  readonly #lastStarts = new Map<string, number>();
  #lastPending: PendingInvocation | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange: Event<InvocationChange> = this.#changed.event;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** The records that are kept, the oldest first. */
  get records(): readonly InvocationRecord[] {
    return this.#log.all;
  }

  /** The invocation that ended last, and what it was made of. */
  get last(): { record: InvocationRecord; pending: PendingInvocation } | undefined {
    const record = this.#log.last;
    return record && this.#lastPending && { record, pending: this.#lastPending };
  }

  /** The newest record for which that's true. */
  find(isMeant: (record: InvocationRecord) => boolean): InvocationRecord | undefined {
    return this.#log.find(isMeant);
  }

  /**
   * Takes in what happens to an invocation, until it has ended. Rejects with what the stream throws: then nothing was
   * sent, and there is no record.
   */
  async follow(
    pending: PendingInvocation,
    events: AsyncIterable<InvocationEvent>,
    cancel: () => void,
  ): Promise<InvocationRecord> {
    let invocation: RunningInvocation | undefined;
    try {
      for await (const event of events) {
        if (event.type === "started") invocation = this.#start(event.id, event.spec, cancel);
        else if (event.type === "chunk") this.#chunk(invocation, event.chunk);
        else if (event.type !== "ended") this.track(event);
        else if (invocation) return this.#end(invocation, event.record, pending);
      }
      throw new Error("The invocation ended without a record.");
    } finally {
      if (invocation && this.#remove(invocation)) this.#changed.fire({ type: "abandoned", invocation });
    }
  }

  /** Takes in what becomes of an accepted event. */
  track(event: TrackingEvent): void {
    const { requestId } = event.event;
    const record = this.#log.find((each) => each.requestId === requestId && each.verdict === "accepted");
    if (record && event.type === "attempt") this.#log.replace(withAttempt(record, event.attempt));
    if (record && event.type === "gaveUp") this.#log.replace(withoutOutcome(record));
    this.#changed.fire(event);
  }

  /** Takes over an accepted event of a window that is closed, with its record. */
  adopt(record: InvocationRecord): void {
    this.#log.addOldest(record);
  }

  /** Takes in what a log showed of an invocation, which may be another window's. */
  noteFinding(record: InvocationRecord, finding: Finding): void {
    const known = this.#log.find(({ id }) => id === record.id);
    if (known) this.#log.replace({ ...known, finding });
    this.#changed.fire({ type: "found", record, finding });
  }

  /** The invocations under way, the oldest first: of one function, or of all. */
  running(key?: FunctionKey): readonly RunningInvocation[] {
    const all = [...this.#running];
    return key === undefined ? all : all.filter(({ spec }) => keyOf(spec) === toKey(key));
  }

  /** For how long an invocation has been under way, in milliseconds. */
  elapsedMs({ startedMs }: RunningInvocation): number {
    return this.#clock.monotonic() - startedMs;
  }

  /**
   * Notes that a function is about to be started, at once: whoever asks in this moment gets to know, before the stream of
   * its events has begun.
   */
  noteStart(key: FunctionKey): void {
    this.#lastStarts.set(toKey(key), this.#clock.monotonic());
  }

  /** Forgets a start that wasn't made after all. */
  forgetStart(key: FunctionKey): void {
    this.#lastStarts.delete(toKey(key));
  }

  /** How long ago a function was last started, in milliseconds, whether it still runs or not. */
  sinceStartMs(key: FunctionKey): number | undefined {
    const startedMs = this.#lastStarts.get(toKey(key));
    return startedMs === undefined ? undefined : this.#clock.monotonic() - startedMs;
  }

  dispose(): void {
    for (const running of this.#running) running.cancel();
    clearInterval(this.#timer);
    this.#disposables.dispose();
  }

  #start(id: string, spec: InvocationSpec, cancel: () => void): RunningInvocation {
    const invocation: RunningInvocation = { id, spec, startedMs: this.#clock.monotonic(), cancel };
    this.#running.add(invocation);
    this.#lastStarts.set(keyOf(spec), invocation.startedMs);
    this.#timer ??= setInterval(() => this.#tick(), 1000);
    this.#changed.fire({ type: "started", invocation });
    return invocation;
  }

  #chunk(invocation: RunningInvocation | undefined, chunk: StreamChunk): void {
    if (invocation) this.#changed.fire({ type: "chunk", invocation, chunk });
  }

  #end(
    invocation: RunningInvocation,
    record: InvocationRecord,
    pending: PendingInvocation,
  ): InvocationRecord {
    this.#remove(invocation);
    this.#log.add(record);
    this.#lastPending = pending;
    this.#changed.fire({ type: "ended", invocation, record });
    return record;
  }

  #remove(invocation: RunningInvocation): boolean {
    const wasRunning = this.#running.delete(invocation);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return wasRunning;
  }

  #tick(): void {
    for (const invocation of this.#running) this.#changed.fire({ type: "tick", invocation });
  }
}

function keyOf({ connection, function: { name } }: Pick<InvocationSpec, "connection" | "function">): string {
  return toKey({ connection, function: name });
}

/** Neither part has a line break. */
function toKey({ connection, function: name }: FunctionKey): string {
  return `${connection}\n${name}`;
}
