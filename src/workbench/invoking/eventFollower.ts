import type { Disposable } from "vscode";
import { LOCAL } from "../../core/connections.ts";
import { type AcceptedEvent, type EventRun, followEvent, isSettled } from "../../core/eventRun.ts";
import type { Clock } from "../../core/invocation.ts";
import type { Followed } from "../../core/outputBlock.ts";
import type { LambdaApi, LambdaGateway, ResumedEvent } from "../../core/ports.ts";
import type { InvocationRecord } from "../../core/record.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";

/** What following needs of the rest. */
export interface FollowerParts {
  clock: Clock;
  gateway: Pick<LambdaGateway, "open">;
  output: Pick<OutputPanel, "appendRun" | "appendQuiet" | "appendResumed">;
  reporter: Pick<Reporter, "failure" | "note">;
  settings: Pick<Settings, "followAsync">;
}

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
  async follow(record: InvocationRecord, logGroup: string, api: Pick<LambdaApi, "searchLog">): Promise<void> {
    const { requestId, startedAt, verdict } = record;
    if (verdict !== "accepted" || requestId === undefined || !this.#parts.settings.followAsync()) return;
    await this.#follow(record, { requestId, logGroup, acceptedAtMs: Date.parse(startedAt) }, api);
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

  async #resumeOne(event: ResumedEvent, api: Pick<LambdaApi, "searchLog">): Promise<void> {
    const { functionName, requestId, logGroup, acceptedAtMs, failures } = event;
    const followed: Followed = { function: { name: functionName }, connection: LOCAL.name, requestId };
    this.#parts.output.appendResumed(followed, acceptedAtMs, this.#parts.clock.now());
    await this.#follow(followed, { requestId, logGroup, acceptedAtMs, runsBefore: failures }, api);
  }

  /** What keeps it from the event's end becomes a message. */
  async #follow(followed: Followed, event: AcceptedEvent, api: Pick<LambdaApi, "searchLog">): Promise<void> {
    const { clock, output, reporter } = this.#parts;
    const { signal } = this.#ended;
    let last: EventRun | undefined;
    try {
      for await (const run of followEvent(event, api, clock, signal)) {
        last = run;
        output.appendRun(followed, run);
      }
      const runs = last?.number ?? event.runsBefore ?? 0;
      if (!signal.aborted && !isSettled(last)) output.appendQuiet(followed, runs, clock.now());
    } catch (error) {
      if (!signal.aborted) reporter.failure(error);
    }
  }
}
