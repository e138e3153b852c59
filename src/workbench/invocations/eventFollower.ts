import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { Disposable } from "vscode";
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
  settings: Pick<Settings, "followAsync" | "local">;
}

type ReadingApi = FollowedApi & Pick<LambdaApi, "logGroup">;

/** So many events of an earlier window are followed; more would be more than anyone reads. */
const MOST_RESUMED = 20;

/** Follows accepted events in the background, and shows each run with them in the panel. */
export class EventFollower implements Disposable {
  readonly #ended = new AbortController();
  readonly #parts: FollowerParts;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Follows the event of an accepted invocation until its outcome is known, where that is wanted. */
  async follow(record: InvocationRecord, logGroup: string | undefined, api: ReadingApi): Promise<void> {
    const { requestId, startedAt, verdict } = record;
    if (verdict !== "accepted" || requestId === undefined || !this.#parts.settings.followAsync()) return;
    await this.#follow(record, { requestId, acceptedAtMs: Date.parse(startedAt) }, logGroup, api);
  }

  /** Says that events run which Local had accepted before it ended, and follows them. */
  async resume(events: readonly ResumedEvent[]): Promise<void> {
    const { gateway, reporter, settings } = this.#parts;
    for (const { functionName, requestId } of events)
      reporter.note(`The event ${requestId} for ${functionName} was queued when Local ended, and runs now.`);
    if (!settings.followAsync()) return;
    try {
      const api = await gateway.open(LOCAL, this.#ended.signal);
      await Promise.all(events.slice(0, MOST_RESUMED).map((event) => this.#resumeOne(event, api)));
    } catch (error) {
      if (!this.#ended.signal.aborted) reporter.failure(error);
    }
  }

  dispose(): void {
    this.#ended.abort();
  }

  async #resumeOne(event: ResumedEvent, api: ReadingApi): Promise<void> {
    const { functionName, requestId, logGroup, acceptedAtMs, failures } = event;
    const followed: Followed = { function: { name: functionName }, connection: LOCAL.name, requestId };
    this.#parts.output.appendResumed(followed, acceptedAtMs, this.#parts.clock.now());
    await this.#follow(followed, { requestId, acceptedAtMs, runsBefore: failures }, logGroup, api);
  }

  /** What keeps it from the event's end becomes a message. */
  async #follow(
    followed: Followed,
    found: Pick<AcceptedEvent, "requestId" | "acceptedAtMs" | "runsBefore">,
    knownGroup: string | undefined,
    api: ReadingApi,
  ): Promise<void> {
    const { clock, output, reporter } = this.#parts;
    const { signal } = this.#ended;
    const { name, arn = name, qualifier } = followed.function;
    const fn = { name: arn, ...(qualifier === undefined ? {} : { qualifier }) };
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
    }
  }

  #retryDelays({ connection }: Followed): AcceptedEvent["retryDelaysMs"] {
    const quick = connection === LOCAL.name && !this.#parts.settings.local().awsRetryDelays;
    return RETRY_DELAYS_MS[quick ? "local" : "aws"];
  }
}

/** Where Lambda logs unless the function's LoggingConfig says otherwise. */
function standardLogGroup(nameOrArn: string): string {
  return `/aws/lambda/${/:function:([\w-]+)/.exec(nameOrArn)?.[1] ?? nameOrArn}`;
}
