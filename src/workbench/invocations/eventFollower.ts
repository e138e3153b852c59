import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { Disposable } from "vscode";
import type { Connection } from "../../core/connections/connection.ts";
import { LOCAL } from "../../core/connections/connections.ts";
import {
  type AcceptedEvent,
  type EventRun,
  followEvent,
  type FollowedApi,
  isSettled,
} from "../../core/invocation/eventRun.ts";
import type { Clock } from "../../core/invocation/invocation.ts";
import type { Followed } from "../../core/output/outputBlock.ts";
import type { LambdaApi, LambdaGateway } from "../../core/ports.ts";
import type { ResumedEvent } from "@lambda-invoke/local/contract/service.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";

/** What following needs of the rest. */
export interface FollowerParts {
  clock: Clock;
  gateway: Pick<LambdaGateway, "open">;
  output: Pick<OutputPanel, "appendRun" | "appendQuiet" | "appendResumed">;
  reporter: Pick<Reporter, "failure" | "note">;
  settings: Pick<Settings, "connections" | "followAsync" | "local" | "localEnabled">;
}

type ReadingApi = FollowedApi & Pick<LambdaApi, "logGroup">;

/** So many events of an earlier window are followed; more would be more than anyone reads. */
const MOST_RESUMED = 20;

/**
 * Follows accepted events in the background, and shows each run with them in the panel. It ends without a word when the
 * window closes, and when the connection that an event was sent to is not there any more.
 */
export class EventFollower implements Disposable {
  readonly #ended = new AbortController();
  readonly #parts: FollowerParts;
  /** What ends the following of an event, by its request id. */
  readonly #followed = new Map<string, AbortController>();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Follows the event of an accepted invocation until its outcome is known, where that is wanted. */
  async follow(record: InvocationRecord, logGroup: string | undefined): Promise<void> {
    const { requestId, startedAt, verdict } = record;
    if (verdict !== "accepted" || requestId === undefined || !this.#parts.settings.followAsync()) return;
    await this.#follow(record, { requestId, acceptedAtMs: Date.parse(startedAt) }, logGroup);
  }

  /** Says that events run which Local had accepted before it ended, and follows them from here on. */
  async resume(events: readonly ResumedEvent[]): Promise<void> {
    const { reporter, settings } = this.#parts;
    for (const { functionName, requestId } of events)
      reporter.note(`The event ${requestId} for ${functionName} was queued when Local ended, and runs now.`);
    if (!settings.followAsync()) return;
    await Promise.all(events.slice(0, MOST_RESUMED).map((event) => this.#resumeOne(event)));
  }

  dispose(): void {
    this.#ended.abort();
  }

  async #resumeOne(event: ResumedEvent): Promise<void> {
    const { functionName, requestId, logGroup, acceptedAtMs, failures } = event;
    const followed: Followed = { function: { name: functionName }, connection: LOCAL.name, requestId };
    this.#parts.output.appendResumed(followed, acceptedAtMs, this.#parts.clock.now());
    await this.#follow(followed, { requestId, acceptedAtMs, runsBefore: failures }, logGroup);
  }

  /** What keeps it from the event's end becomes a message. */
  async #follow(
    followed: Followed,
    found: Pick<AcceptedEvent, "requestId" | "acceptedAtMs" | "runsBefore">,
    knownGroup: string | undefined,
  ): Promise<void> {
    const { clock, output, reporter } = this.#parts;
    const own = this.#begin(found.requestId);
    const signal = AbortSignal.any([this.#ended.signal, own.signal]);
    const { name, arn = name, qualifier } = followed.function;
    const fn = { name: arn, ...(qualifier === undefined ? {} : { qualifier }) };
    const api = this.#reopening(followed.connection, own);
    let last: EventRun | undefined;
    try {
      const logGroup = knownGroup ?? (await api.logGroup(fn, signal)) ?? standardLogGroup(name);
      const event = { ...found, function: fn, logGroup, retryDelaysMs: this.#retryDelays(followed) };
      for await (const run of followEvent(event, api, clock, signal)) {
        last = run;
        output.appendRun(followed, run);
      }
      const runs = last?.number ?? found.runsBefore ?? 0;
      if (!signal.aborted && !isSettled(last)) output.appendQuiet(followed, runs, clock.now());
    } catch (error) {
      if (!signal.aborted) reporter.failure(error);
    } finally {
      if (this.#followed.get(found.requestId) === own) this.#followed.delete(found.requestId);
    }
  }

  /** An event is followed once: a Local that has started again knows better how often the function ran with it. */
  #begin(requestId: string): AbortController {
    this.#followed.get(requestId)?.abort();
    const own = new AbortController();
    this.#followed.set(requestId, own);
    return own;
  }

  /** The API at a connection, opened for each call: Local may have started again, at another port. */
  #reopening(name: string, own: AbortController): ReadingApi {
    const { gateway } = this.#parts;
    const asked = whereTo(this.#connection(name));
    const open = async (signal: AbortSignal): Promise<LambdaApi | undefined> => {
      const connection = this.#connection(name);
      // Also where another connection has the name by now.
      if (connection && whereTo(connection) === asked) return gateway.open(connection, signal);
      own.abort();
      return undefined;
    };
    return {
      searchLog: async (query, signal) => (await open(signal))?.searchLog(query, signal) ?? [],
      eventPolicy: async (fn, signal) => (await open(signal))?.eventPolicy(fn, signal),
      logGroup: async (fn, signal) => (await open(signal))?.logGroup(fn, signal),
    };
  }

  #connection(name: string): Connection | undefined {
    const { settings } = this.#parts;
    if (name === LOCAL.name) return settings.localEnabled() ? LOCAL : undefined;
    return settings.connections().connections.find((each) => each.name === name);
  }

  #retryDelays({ connection }: Followed): AcceptedEvent["retryDelaysMs"] {
    const quick = connection === LOCAL.name && !this.#parts.settings.local().awsRetryDelays;
    return RETRY_DELAYS_MS[quick ? "local" : "aws"];
  }
}

/** What of a connection says where its calls go. */
function whereTo(connection: Connection | undefined): string {
  return JSON.stringify({ ...connection, protected: undefined });
}

/** Where Lambda logs unless the function's LoggingConfig says otherwise. */
function standardLogGroup(nameOrArn: string): string {
  return `/aws/lambda/${/:function:([\w-]+)/.exec(nameOrArn)?.[1] ?? nameOrArn}`;
}
