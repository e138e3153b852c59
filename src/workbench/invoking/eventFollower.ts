import type { Disposable } from "vscode";
import { type AcceptedEvent, type EventRun, followEvent, isSettled } from "../../core/eventRun.ts";
import type { Clock } from "../../core/invocation.ts";
import type { LambdaApi } from "../../core/ports.ts";
import type { InvocationRecord } from "../../core/record.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { Reporter } from "../report.ts";

type Appends = Pick<OutputPanel, "appendRun" | "appendQuiet">;

/** Follows accepted events in the background, and shows each run with them in the panel. */
export class EventFollower implements Disposable {
  readonly #ended = new AbortController();
  readonly #clock: Clock;
  readonly #output: Appends;
  readonly #reporter: Reporter;

  constructor(clock: Clock, output: Appends, reporter: Reporter) {
    this.#clock = clock;
    this.#output = output;
    this.#reporter = reporter;
  }

  /** Follows the event of an accepted invocation until its outcome is known; what keeps it from that becomes a message. */
  async follow(record: InvocationRecord, logGroup: string, api: Pick<LambdaApi, "searchLog">): Promise<void> {
    const { requestId } = record;
    if (record.verdict !== "accepted" || requestId === undefined) return;
    const event: AcceptedEvent = { requestId, logGroup, acceptedAtMs: Date.parse(record.startedAt) };
    const { signal } = this.#ended;
    let last: EventRun | undefined;
    try {
      for await (const run of followEvent(event, api, this.#clock, signal)) {
        last = run;
        this.#output.appendRun(record, run);
      }
      if (!signal.aborted && !isSettled(last))
        this.#output.appendQuiet(record, last?.number ?? 0, this.#clock.now());
    } catch (error) {
      if (!signal.aborted) this.#reporter.failure(error);
    }
  }

  dispose(): void {
    this.#ended.abort();
  }
}
