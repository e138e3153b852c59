import type { LocalFunction } from "../discovery/localFunction.ts";
import { logGroupOf } from "../identity.ts";
import type { LogStore } from "../logs/store.ts";
import type { Outcome } from "./outcome.ts";
import { platformLines, type Measures, type PlatformLines } from "./platformLines.ts";
import type { LogLine } from "./telemetry.ts";

/** Writes a sandbox's log stream, and collects what belongs to the current invocation. */
export class InvocationLog {
  readonly #group: string;
  readonly #logs: LogStore;
  readonly #stream: string;
  readonly #now: () => number;
  readonly #platform: PlatformLines;
  #lines: string[] = [];

  constructor(fn: LocalFunction, logs: LogStore, stream: string, now: () => number) {
    this.#group = logGroupOf(fn);
    this.#logs = logs;
    this.#stream = stream;
    this.#now = now;
    this.#platform = platformLines(fn, now);
  }

  write(line: LogLine): void {
    this.#lines.push(line.message.endsWith("\n") ? line.message : `${line.message}\n`);
    this.#logs.append(this.#group, this.#stream, line);
  }

  /** `version` is what runs here. */
  initStart(version: string): void {
    this.#writeAll(this.#platform.initStart(version));
  }

  start(requestId: string): void {
    this.#writeAll(this.#platform.start(requestId));
  }

  /** Writes what ends an invocation, and gives all of its lines. */
  end(requestId: string, outcome: Outcome, measures: Measures): readonly string[] {
    this.#writeAll(this.#platform.end(requestId, outcome, measures));
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #writeAll(messages: readonly string[]): void {
    for (const message of messages) this.write({ timestamp: this.#now(), message });
  }
}
