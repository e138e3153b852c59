import type { ResumedEvent } from "@lambda-invoke/local/contract/service.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { Disposable } from "vscode";
import type { Connection } from "../../core/connections/connection.ts";
import { LOCAL } from "../../core/connections/connections.ts";
import { standardLogGroup } from "../../core/functions/logGroup.ts";
import { type Attempt, isSettled } from "../../core/invocation/attempt.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { type AcceptedEvent, followEvent, type TrackingApi } from "../../core/invocation/followEvent.ts";
import type { TrackedEvent } from "../../core/invocation/invocationEvent.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { LambdaApi, LambdaGateway } from "../../core/ports.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import type { FollowedEvents } from "./followedEvents.ts";
import type { InvocationStore } from "./invocationStore.ts";

/** What tracking needs of the rest. */
export interface EventTrackerParts {
  clock: Clock;
  followed: Pick<FollowedEvents, "begin" | "end">;
  gateway: Pick<LambdaGateway, "open">;
  reporter: Pick<Reporter, "failure" | "note">;
  settings: Pick<Settings, "followAsync" | "local">;
  store: Pick<InvocationStore, "onDidChange" | "track">;
  /** The connection that has a name now. */
  connection(name: string): Promise<Connection | undefined>;
  /** The log group of a function, if the list has it. */
  knownLogGroup(event: TrackedEvent): string | undefined;
}

type ReadingApi = TrackingApi & Pick<LambdaApi, "logGroup">;

/** So many events of an earlier window are followed; more would be more than anyone reads. */
const MAX_RESUMED = 20;

/**
 * Follows accepted events in the background, and feeds each attempt to the store. It ends without a word when the window
 * closes, and when the connection that an event was sent to isn't there any more.
 */
export class EventTracker implements Disposable {
  readonly #ended = new AbortController();
  readonly #parts: EventTrackerParts;
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
  async #follow(
    event: TrackedEvent,
    found: Pick<AcceptedEvent, "acceptedAtMs" | "attemptsBefore">,
    knownGroup: string | undefined,
  ): Promise<void> {
    const { clock, followed, store, reporter } = this.#parts;
    const own = followed.begin(event.requestId);
    const signal = AbortSignal.any([this.#ended.signal, own.signal]);
    const { name, arn = name, qualifier } = event.function;
    const fn = { name: arn, qualifier };
    let last: Attempt | undefined;
    try {
      const api = await this.#reopening(event.connection, own);
      const logGroup = knownGroup ?? (await api.logGroup(fn, signal)) ?? standardLogGroup(name);
      const { requestId } = event;
      const accepted = {
        ...found,
        requestId,
        function: fn,
        logGroup,
        retryDelaysMs: this.#retryDelays(event),
        isLocal: event.connection === LOCAL.name,
      };
      for await (const attempt of followEvent(accepted, api, clock, signal)) {
        last = attempt;
        store.track({ type: "attempt", event, attempt });
      }
      const attempts = last?.number ?? found.attemptsBefore ?? 0;
      if (!signal.aborted && !isSettled(last))
        store.track({ type: "gaveUp", event, attempts, atMs: clock.now() });
    } catch (error) {
      if (!signal.aborted) reporter.failure(error);
    } finally {
      followed.end(event.requestId, own);
    }
  }

  /** The API at a connection, opened for each call: Local may have started again, at another port. */
  async #reopening(name: string, own: AbortController): Promise<ReadingApi> {
    const parts = this.#parts;
    const asked = whereTo(await parts.connection(name));
    const open = async (signal: AbortSignal): Promise<LambdaApi | undefined> => {
      const connection = await parts.connection(name);
      // Also if another connection has the name by now.
      if (connection && whereTo(connection) === asked) return parts.gateway.open(connection, signal);
      own.abort();
      return undefined;
    };
    return {
      searchLog: async (query, signal) => (await open(signal))?.searchLog(query, signal) ?? [],
      eventPolicy: async (fn, signal) => (await open(signal))?.eventPolicy(fn, signal),
      logGroup: async (fn, signal) => (await open(signal))?.logGroup(fn, signal),
    };
  }

  #retryDelays({ connection }: TrackedEvent): AcceptedEvent["retryDelaysMs"] {
    const isQuick = connection === LOCAL.name && !this.#parts.settings.local().awsRetryDelays;
    return RETRY_DELAYS_MS[isQuick ? "local" : "aws"];
  }
}

/** A connection as a string, which is the same as long as its calls go to the same place. */
function whereTo(connection: Connection | undefined): string {
  return JSON.stringify({ ...connection });
}
