import { LOG_TAIL_BYTES } from "../model/limits.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { logGroupOf } from "../model/identity.ts";
import type { LogStore } from "../logs/logStore.ts";
import type { InvocationOutcome } from "../model/invocation.ts";
import { layerHints } from "./layerHints.ts";
import { variableHints } from "./variableHints.ts";
import { platformLines, type Measures, type PlatformLines } from "./platformLines.ts";
import type { LogEvent } from "../logs/logEvent.ts";

/** The log is trimmed only at this length, because removing a line moves all others. */
const MAX_TAIL_LENGTH = 16 * LOG_TAIL_BYTES;

/** Writes a sandbox's log stream, and collects the lines of the current invocation. */
export class InvocationLog {
  readonly #fn: LocalFunction;
  readonly #group: string;
  readonly #logs: LogStore;
  readonly #stream: string;
  readonly #now: () => number;
  readonly #platform: PlatformLines;
  #tail: string[] = [];
  #tailLength = 0;

  constructor(fn: LocalFunction, logs: LogStore, stream: string, now: () => number) {
    this.#fn = fn;
    this.#group = logGroupOf(fn);
    this.#logs = logs;
    this.#stream = stream;
    this.#now = now;
    this.#platform = platformLines(fn, now);
  }

  write(line: LogEvent): void {
    this.#keep(line.message.endsWith("\n") ? line.message : `${line.message}\n`);
    this.#logs.append(this.#group, this.#stream, line);
  }

  /** `version` is the runtime's version on this machine. */
  initStart(version: string): void {
    this.#writeAll(this.#platform.initStart(version));
  }

  start(requestId: string): void {
    this.#writeAll(this.#platform.start(requestId));
  }

  /** Writes the last lines of an invocation. Returns its log, of which at least the part that a response may include. */
  end(requestId: string, outcome: InvocationOutcome, measures: Measures): readonly string[] {
    if (outcome.kind !== "returned") this.#explain(outcome.payload);
    this.#writeAll(this.#platform.end(requestId, outcome, measures));
    const lines = this.#tail;
    this.#tail = [];
    this.#tailLength = 0;
    return lines;
  }

  #explain(error: Buffer): void {
    const strings = [...this.#tail, error.toString("utf8", 0, MAX_TAIL_LENGTH)];
    const hints = [...layerHints(this.#fn, strings), ...variableHints(this.#fn, strings)];
    this.#writeAll(hints.map((hint) => this.#platform.hint(hint)));
  }

  /** Keeps the end of the log, which has no limit. */
  #keep(message: string): void {
    this.#tail.push(message);
    this.#tailLength += message.length;
    if (this.#tailLength < MAX_TAIL_LENGTH) return;
    let first = 0;
    for (const { length } of this.#tail) {
      if (this.#tailLength - length < LOG_TAIL_BYTES) break;
      this.#tailLength -= length;
      first += 1;
    }
    this.#tail.splice(0, first);
  }

  #writeAll(messages: readonly string[]): void {
    for (const message of messages) this.write({ timestamp: this.#now(), message });
  }
}
