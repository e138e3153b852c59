import type { Disposable } from "vscode";
import { type AcceptedEvent, followEvent } from "../../core/eventRun.ts";
import type { Clock } from "../../core/invocation.ts";
import type { LambdaApi } from "../../core/ports.ts";
import type { InvocationRecord } from "../../core/record.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { Reporter } from "../report.ts";

/** Follows accepted events in the background, and shows each run with them in the panel. */
export class EventFollower implements Disposable {
  readonly #ended = new AbortController();
  readonly #clock: Clock;
  readonly #output: Pick<OutputPanel, "appendRun">;
  readonly #reporter: Reporter;

  constructor(clock: Clock, output: Pick<OutputPanel, "appendRun">, reporter: Reporter) {
    this.#clock = clock;
    this.#output = output;
    this.#reporter = reporter;
  }

  /** Follows the event of an accepted invocation until its outcome is known; what keeps it from that becomes a message. */
  async follow(record: InvocationRecord, logGroup: string, api: Pick<LambdaApi, "searchLog">): Promise<void> {
    const { requestId } = record;
    if (record.verdict !== "accepted" || requestId === undefined) return;
    const event: AcceptedEvent = { requestId, logGroup, acceptedAtMs: Date.parse(record.startedAt) };
    try {
      for await (const run of followEvent(event, api, this.#clock, this.#ended.signal)) {
        this.#output.appendRun(record, run);
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#reporter.failure(error);
    }
  }

  dispose(): void {
    this.#ended.abort();
  }
}
