import { type Disposable, EventEmitter } from "vscode";
import { LOCAL } from "../../core/connections/connections.ts";
import { isLogError } from "../../core/findings/logError.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { LogGroupReaders } from "../../core/invocation/logGroupReader.ts";
import { LogCursor, type LogTail } from "../../core/invocation/logTail.ts";
import { type LoggedRequest, LogText } from "../../core/logs/logText.ts";
import { readingProblem } from "../../core/logs/readingProblem.ts";
import type { LogLine } from "../../core/ports.ts";
import { ConnectionGone, type ReadingApi, type ReopeningParts } from "../invocations/reopeningApi.ts";
import { inSlices } from "../output/slices.ts";
import type { Reporter } from "../report.ts";
import { type LoggedFunction, openLog } from "./openLog.ts";

/** What following a log needs. */
export interface FollowedLogParts extends ReopeningParts {
  clock: Clock;
  logReaders: LogGroupReaders;
  reporter: Pick<Reporter, "failure">;
}

/** Whether the log is read, and shown as it's read. What was logged during a pause or a stop is shown after it. */
export type LogState = "following" | "paused" | "stopped";

/** Lines that are older than this when following begins aren't shown, in milliseconds. */
const BACK_MS = 10 * 60_000;

/** The log of a function, which is read as long as it's followed. It sends nothing to Lambda. */
export class FollowedLog implements Disposable {
  readonly logged: LoggedFunction;
  readonly #parts: FollowedLogParts;
  readonly #changed = new EventEmitter<void>();
  readonly #cursor: LogCursor;
  readonly #text: LogText;
  #state: LogState = "stopped";
  #ended = new AbortController();
  #tail: LogTail | undefined;
  /** What is shown during a pause. */
  #frozen: string | undefined;
  /** What keeps the log from being read, as long as it does. */
  #problem: string | undefined;

  /** Fires when what is shown or the state has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(logged: LoggedFunction, parts: FollowedLogParts) {
    const { connection } = logged;
    this.logged = logged;
    this.#parts = parts;
    this.#cursor = new LogCursor(parts.clock.now() - BACK_MS);
    this.#text = new LogText({ function: labelOf(logged.function), connection }, connection === LOCAL.name);
  }

  get state(): LogState {
    return this.#state;
  }

  get content(): string {
    return this.#frozen ?? this.#text.toString();
  }

  /** The requests that there are lines of. */
  get requests(): readonly LoggedRequest[] {
    return this.#text.requests;
  }

  get isFiltered(): boolean {
    return this.#text.filter !== undefined;
  }

  /** Follows, or goes on. */
  start(): void {
    const wasStopped = this.#state === "stopped";
    this.#set("following");
    if (!wasStopped) return;
    this.#ended = new AbortController();
    this.#problem = undefined;
    void this.#follow(this.#ended.signal);
  }

  /** Holds still what is shown. */
  pause(): void {
    if (this.#state === "following")
      this.#set("paused", "Paused. What is logged meanwhile is shown when you resume.");
  }

  /** Ends reading. */
  stop(note = "Stopped. What is logged from now on is shown when you resume."): void {
    if (this.#state === "stopped") return;
    this.#ended.abort();
    this.#set("stopped", note);
  }

  clear(): void {
    this.#text.clear();
    this.#show();
  }

  /** Shows the details of each line, or those of errors only. */
  showDetails(areShown: boolean): void {
    this.#text.showsDetails = areShown;
    this.#show();
  }

  /** Shows one request alone, or all. */
  filter(requestId: string | undefined): void {
    this.#text.filter = requestId;
    this.#show();
  }

  /** The function is about to log something. */
  hurry(): void {
    this.#tail?.hurry();
  }

  dispose(): void {
    this.#state = "stopped";
    this.#ended.abort();
    this.#changed.dispose();
  }

  #set(state: LogState, note?: string): void {
    this.#state = state;
    if (note !== undefined) this.#text.note(note, this.#parts.clock.now());
    this.#show();
  }

  #show(): void {
    this.#frozen = this.#state === "paused" ? this.#text.toString() : undefined;
    this.#changed.fire();
  }

  /** Shows a sentence of ours. */
  note(sentence: string): void {
    this.#text.note(sentence, this.#parts.clock.now());
    this.#changed.fire();
  }

  /** Shows lines of Live Tail, which reading the log finds again. */
  async addLive(lines: readonly LogLine[]): Promise<void> {
    const found = this.#cursor.takeLive(lines);
    if (found.length === 0) return;
    await inSlices(this.#text.add(found));
    this.#changed.fire();
  }

  /** Never rejects. */
  async #follow(signal: AbortSignal): Promise<void> {
    try {
      const { api, logGroup, place } = await openLog(this.logged, this.#parts, signal);
      signal.throwIfAborted();
      this.note(`Following ${logGroup}.`);
      const { clock, logReaders } = this.#parts;
      using tail = logReaders.of(place, { api, clock, logGroup }).tail(this.#cursor);
      this.#tail = tail;
      while (await this.#look(tail, { api, logGroup }, signal));
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** Shows what the next look into the log brings; resolves to false if it's the last one. */
  async #look(
    tail: LogTail,
    from: { api: ReadingApi; logGroup: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const lines = await tail.next(signal);
      await inSlices(this.#text.add(lines));
      if (this.#problem !== undefined) this.note(`The log group ${from.logGroup} can be read now.`);
      else if (lines.length > 0) this.#changed.fire();
      this.#problem = undefined;
      return true;
    } catch (error) {
      signal.throwIfAborted();
      const facts = isLogError(error) ? await from.api.logGroupFacts(from.logGroup, signal) : undefined;
      const problem = readingProblem(error, from.logGroup, facts);
      if (!problem) throw error;
      if (problem.goesOn && problem.sentence !== this.#problem) this.note(problem.sentence);
      this.#problem = problem.sentence;
      if (!problem.goesOn) this.stop(problem.sentence);
      if (!problem.goesOn && !isLogError(error)) this.#parts.reporter.failure(error);
      return problem.goesOn;
    }
  }

  #fail(error: unknown): void {
    if (error instanceof ConnectionGone) {
      this.stop(
        "The connection isn't there any more, or leads elsewhere now. Follow the log of another function.",
      );
      return;
    }
    this.stop("The log can't be read. The message says why; then resume.");
    this.#parts.reporter.failure(error);
  }
}
