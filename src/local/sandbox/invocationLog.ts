import type { LocalFunction } from "../discovery/localFunction.ts";
import { logGroupOf } from "../identity.ts";
import { endLine, reportLine, startLine } from "../logs/lines.ts";
import type { LogStore } from "../logs/store.ts";
import type { Outcome } from "./outcome.ts";
import type { LogLine } from "./telemetry.ts";

/** The measures of one invocation. */
export interface Measures {
  durationMs: number;
  /** Of a cold start. */
  initDurationMs: number | undefined;
  peakMemoryKb: number | undefined;
}

/** Writes a sandbox's log stream, and collects what belongs to the current invocation. */
export class InvocationLog {
  readonly #fn: LocalFunction;
  readonly #logs: LogStore;
  readonly #stream: string;
  readonly #now: () => number;
  #lines: string[] = [];

  constructor(fn: LocalFunction, logs: LogStore, stream: string, now: () => number) {
    this.#fn = fn;
    this.#logs = logs;
    this.#stream = stream;
    this.#now = now;
  }

  write(line: LogLine): void {
    this.#lines.push(line.message.endsWith("\n") ? line.message : `${line.message}\n`);
    this.#logs.append(logGroupOf(this.#fn.name), this.#stream, line);
  }

  /** `version` is what runs here, which need not be what the function asks for. */
  initStart(version: string): void {
    this.#text(`INIT_START Runtime Version: ${version} for ${this.#fn.runtime}\n`);
  }

  start(requestId: string): void {
    this.#text(startLine(requestId));
  }

  /** Writes what ends an invocation, and gives all of its lines. */
  end(requestId: string, outcome: Outcome, measures: Measures): readonly string[] {
    if (outcome.kind === "broke") this.#text(this.#brokeLine(outcome, requestId));
    this.#text(endLine(requestId));
    const { durationMs, initDurationMs, peakMemoryKb } = measures;
    this.#text(
      reportLine({
        requestId,
        durationMs,
        memorySizeMb: this.#fn.memorySizeMb,
        ...(peakMemoryKb !== undefined && { maxMemoryUsedMb: Math.ceil(peakMemoryKb / 1024) }),
        ...(initDurationMs !== undefined && { initDurationMs }),
        ...(outcome.kind === "broke" && { status: outcome }),
      }),
    );
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #brokeLine(outcome: Outcome & { kind: "broke" }, requestId: string): string {
    return outcome.status === "timeout"
      ? `${new Date(this.#now()).toISOString()} ${requestId} ${outcome.message}\n\n`
      : `RequestId: ${requestId} Error: ${outcome.message}\n${outcome.errorType}\n`;
  }

  #text(message: string): void {
    this.write({ timestamp: this.#now(), message });
  }
}
