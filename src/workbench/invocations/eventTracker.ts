import type { ResumedEvent } from "@lambda-invoke/local/contract/service.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { Disposable } from "vscode";
import { LOCAL } from "../../core/connections/connections.ts";
import { standardLogGroup } from "../../core/functions/logGroup.ts";
import { type Attempt, isSettled } from "../../core/invocation/attempt.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { type AcceptedEvent, followEvent } from "../../core/invocation/followEvent.ts";
import type { TrackedEvent } from "../../core/invocation/invocationEvent.ts";
import { mayHaveAttempts } from "../../core/invocation/eventAge.ts";
import type { LogGroupReaders } from "../../core/invocation/logGroupReader.ts";
import { nextAttemptAfter } from "../../core/invocation/nextAttempt.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { FunctionReference } from "../../core/ports.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import type { FollowedEvents } from "./followedEvents.ts";
import type { InvocationStore } from "./invocationStore.ts";
import { type ConnectionUseParts, waitingApi } from "./connectionUse.ts";
import {
  ConnectionGone,
  type OpenPlace,
  type ReadingApi,
  reopeningApi,
  type ReopeningParts,
} from "./reopeningApi.ts";

/** What tracking needs of the rest. */
export interface EventTrackerParts extends ReopeningParts, Pick<ConnectionUseParts, "onDidList"> {
  clock: Clock;
  followed: Pick<FollowedEvents, "begin" | "end" | "expect">;
  logReaders: LogGroupReaders;
  reporter: Pick<Reporter, "failure" | "note">;
  settings: Pick<Settings, "followAsync" | "local">;
  store: Pick<InvocationStore, "adopt" | "onDidChange" | "track">;
  /** The log group of a function, if the list has it. */
  knownLogGroup(event: TrackedEvent): string | undefined;
}

/** An event as it's found when its following begins. */
interface FoundEvent extends Pick<AcceptedEvent, "acceptedAtMs" | "attemptsBefore" | "readFromMs"> {
  /** The one that is known already. */
  lastAttempt?: Attempt;
  /** A closed window has followed it before. */
  isLeft?: boolean;
}

/** So many events of an earlier window are followed; more would be more than anyone reads. */
const MAX_RESUMED = 20;

/**
 * Follows accepted events in the background, and feeds each attempt to the store. It ends without a word when the window
 * closes, and when the connection that an event was sent to isn't there any more.
 */
export class EventTracker implements Disposable {
  readonly #ended = new AbortController();
  readonly #parts: EventTrackerParts;
  /** What readers have thrown reaches every event of a log group, and is told once. */
  readonly #told = new WeakSet<Error>();
  readonly #subscription: Disposable;

  constructor(parts: EventTrackerParts) {
    this.#parts = parts;
    this.#subscription = parts.store.onDidChange((change) => {
      if (change.type === "ended") void this.follow(change.record);
    });
  }

  /** Follows the event of an accepted invocation until its outcome is known, if that is wanted. */
  async follow(record: InvocationRecord): Promise<void> {
    const { requestId, startedAt, verdict, connection } = record;
    if (verdict !== "accepted" || requestId === undefined || !this.#parts.settings.followAsync()) return;
    const event: TrackedEvent = { function: record.function, connection, requestId };
    await this.#follow(event, { acceptedAtMs: Date.parse(startedAt) }, this.#parts.knownLogGroup(event));
  }

  /** Notes that events run which Local had accepted before it ended, and follows them from here on. */
  async resume(events: readonly ResumedEvent[]): Promise<void> {
    const { reporter, settings } = this.#parts;
    for (const { functionName, requestId } of events)
      reporter.note(`The event ${requestId} for ${functionName} was queued when Local ended, and runs now.`);
    if (!settings.followAsync()) return;
    await Promise.all(events.slice(0, MAX_RESUMED).map((event) => this.#resumeOne(event)));
  }

  /**
   * Goes on with an event on AWS that a closed window has left, if Lambda may still try it. Nobody is asked for anything:
   * it waits until a person has given the credentials for it.
   */
  async resumeLeft(record: InvocationRecord): Promise<void> {
    const { requestId, startedAt, connection, outcome } = record;
    if (requestId === undefined) return;
    const event: TrackedEvent = { function: record.function, connection, requestId };
    const acceptedAtMs = Date.parse(startedAt);
    this.#parts.store.adopt(record);
    const lastAttempt = outcome?.attempts.at(-1);
    const attemptsBefore = lastAttempt?.number;
    // What that window has seen isn't shown again.
    const readFromMs = lastAttempt && lastAttempt.endedAtMs + 1;
    const found = { acceptedAtMs, attemptsBefore, lastAttempt, readFromMs, isLeft: true };
    await this.#follow(event, found, this.#parts.knownLogGroup(event));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#ended.abort();
  }

  async #resumeOne({
    functionName,
    requestId,
    logGroup,
    acceptedAtMs,
    failures,
  }: ResumedEvent): Promise<void> {
    const { store, clock } = this.#parts;
    const event: TrackedEvent = { function: { name: functionName }, connection: LOCAL.name, requestId };
    store.track({ type: "resumed", event, acceptedAtMs, atMs: clock.now() });
    await this.#follow(event, { acceptedAtMs, attemptsBefore: failures }, logGroup);
  }

  /** What keeps it from the event's end becomes a message. */
  async #follow(event: TrackedEvent, found: FoundEvent, knownGroup: string | undefined): Promise<void> {
    const { clock, followed, store } = this.#parts;
    const own = followed.begin(event.requestId);
    this.#expect(event, own, found.lastAttempt);
    const signal = AbortSignal.any([this.#ended.signal, own.signal]);
    const fn = referenceOf(event);
    let last: Attempt | undefined;
    try {
      const { api, place } = await this.#open(event, found);
      if (found.isLeft && !(await this.#goesOn(event, found, api, signal))) return;
      const logGroup =
        knownGroup ?? (await api.logGroup(fn, signal)) ?? standardLogGroup(event.function.name);
      const { requestId } = event;
      const accepted = {
        ...found,
        requestId,
        function: fn,
        logGroup,
        retryDelaysMs: this.#retryDelays(event),
        isLocal: event.connection === LOCAL.name,
      };
      const reader = this.#parts.logReaders.of(place, { api, clock, logGroup });
      for await (const attempt of followEvent(accepted, { api, clock, reader }, signal)) {
        last = attempt;
        store.track({ type: "attempt", event, attempt });
        this.#expect(event, own, attempt);
      }
      const attempts = last?.number ?? found.attemptsBefore ?? 0;
      if (!signal.aborted && !isSettled(last))
        store.track({ type: "gaveUp", event, attempts, atMs: clock.now() });
    } catch (error) {
      if (!signal.aborted) this.#tell(error);
    } finally {
      followed.end(event.requestId, own);
    }
  }

  #expect(
    { connection, function: { name }, requestId }: TrackedEvent,
    own: AbortController,
    last?: Attempt,
  ): void {
    const next = nextAttemptAfter(last, { functionName: name, isLocal: connection === LOCAL.name });
    this.#parts.followed.expect(requestId, own, next);
  }

  async #open({ connection: name }: TrackedEvent, { isLeft = false }: FoundEvent): Promise<OpenPlace> {
    const opened = await reopeningApi(name, this.#parts, { unattended: isLeft });
    return isLeft ? { ...opened, api: waitingApi(opened.api, name, this.#parts) } : opened;
  }

  /** Says so if an event that was left may have attempts to come. */
  async #goesOn(
    event: TrackedEvent,
    { acceptedAtMs }: FoundEvent,
    api: ReadingApi,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock, store } = this.#parts;
    const goesOn = await mayHaveAttempts(referenceOf(event), clock.now() - acceptedAtMs, api, signal);
    if (goesOn) store.track({ type: "resumed", event, acceptedAtMs, atMs: clock.now() });
    return goesOn;
  }

  /** The connection of an event that goes takes its following with it. */
  #tell(error: unknown): void {
    if (error instanceof ConnectionGone || (error instanceof Error && this.#told.has(error))) return;
    if (error instanceof Error) this.#told.add(error);
    this.#parts.reporter.failure(error);
  }

  #retryDelays({ connection }: TrackedEvent): AcceptedEvent["retryDelaysMs"] {
    const isQuick = connection === LOCAL.name && !this.#parts.settings.local().awsRetryDelays;
    return RETRY_DELAYS_MS[isQuick ? "local" : "aws"];
  }
}

function referenceOf({ function: { name, arn = name, qualifier } }: TrackedEvent): FunctionReference {
  return { name: arn, qualifier };
}
