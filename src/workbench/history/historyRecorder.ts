import type { Connection } from "../../core/connections/connection.ts";
import {
  endedLine,
  findingLine,
  type HistoryItem,
  type HistoryLine,
  outcomeLine,
  startedLine,
} from "../../core/history/historyItem.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { Finding } from "../../core/invocation/finding.ts";
import type { InvocationEvent } from "../../core/invocation/invocationEvent.ts";
import type { InvocationSpec, InvokedFunction } from "../../core/invocation/invocationSpec.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { Connect } from "../../core/invocation/run.ts";
import type { HistoryWriter } from "./files/historyWriter.ts";
import type { WindowMark } from "./files/windowMark.ts";

/** What writing down invocations needs. */
export interface HistoryRecorderParts {
  clock: Pick<Clock, "now" | "after">;
  mark: Pick<WindowMark, "start" | "stop">;
  writer: Pick<HistoryWriter, "append">;
  /** Whether payloads and responses are kept. */
  savePayloads(): boolean;
  /** Whether nothing of an invocation may be on disk. */
  isExcluded(connection: Connection, fn: InvokedFunction): Promise<boolean>;
  onDidWrite(): void;
  onDidFail(error: unknown): void;
}

/** How an invocation is written down on its way. */
export interface Recording {
  /** Writes the invocation down once its API is open, which is the last step before the request leaves. */
  before(connect: Connect): Connect;
  /** Writes down how it ends before anything else gets to know it. */
  follow(events: AsyncIterable<InvocationEvent>): AsyncGenerator<InvocationEvent, void, undefined>;
}

/** How long an invocation waits for its line to be written, in milliseconds: a disk that hangs doesn't stop it. */
const MAX_WRITE_MS = 2_000;

interface Written {
  line: HistoryLine;
  isWritten: boolean;
}

/** Writes down each invocation of the window before its request leaves, and again when it has ended. */
export class HistoryRecorder {
  readonly #parts: HistoryRecorderParts;
  /** The invocations whose request may have left, by id. */
  readonly #running = new Map<string, Written>();
  /** The accepted events whose outcome isn't known yet, by the record's id. */
  readonly #accepted = new Map<string, { item: HistoryItem; revision: number }>();

  constructor(parts: HistoryRecorderParts) {
    this.#parts = parts;
  }

  /** Whether an invocation of this window is under way. */
  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  recording(connection: Connection): Recording {
    let started: { id: string; spec: InvocationSpec } | undefined;
    return {
      before: (connect) => async (to, signal) => {
        const api = await connect(to, signal);
        if (started) await this.#start({ ...started, connection });
        return api;
      },
      follow: async function* (this: HistoryRecorder, events: AsyncIterable<InvocationEvent>) {
        try {
          for await (const event of events) {
            if (event.type === "started") started = event;
            if (event.type === "ended") await this.#end(event.record);
            yield event;
          }
        } finally {
          if (started) this.#forget(started.id);
        }
      }.bind(this),
    };
  }

  /** Writes down what has become of an accepted event by now. */
  async noteOutcome(record: InvocationRecord, isLast: boolean): Promise<void> {
    const known = this.#accepted.get(record.id);
    if (!known) return;
    known.revision++;
    if (isLast) this.#accepted.delete(record.id);
    const savePayload = this.#parts.savePayloads();
    await this.#write(outcomeLine(known.item, record, { revision: known.revision, savePayload, isLast }));
  }

  /** Goes on with an accepted event of a window that is closed. */
  adopt(item: HistoryItem, revision: number): void {
    this.#accepted.set(item.id, { item, revision });
  }

  /** Writes down what a log showed of an invocation of any window. */
  async noteFinding(item: HistoryItem, revision: number, finding: Finding): Promise<void> {
    await this.#write(findingLine(item, revision, finding));
  }

  /** Writes the invocations under way once more, after the files were removed. */
  async writeRunning(): Promise<void> {
    for (const { line } of this.#running.values()) await this.#write(line);
  }

  async #start(started: { id: string; spec: InvocationSpec; connection: Connection }): Promise<void> {
    const { clock, mark } = this.#parts;
    const { connection, spec } = started;
    const isUnsaved = (await this.#parts.isExcluded(connection, spec.function)) || undefined;
    const startedAt = new Date(clock.now()).toISOString();
    const line = startedLine({ ...started, startedAt, isUnsaved }, this.#parts.savePayloads());
    const written = { line, isWritten: false };
    this.#running.set(started.id, written);
    mark.start();
    written.isWritten = await this.#write(line);
  }

  async #end(record: InvocationRecord): Promise<void> {
    const started = this.#running.get(record.id);
    if (!started) return;
    const { line, isWritten } = started;
    const ended = endedLine(line.item, record, this.#parts.savePayloads());
    // What couldn't be written at first may be written now.
    if (!isWritten) ended.details = { ...line.details, ...ended.details };
    if (record.verdict === "accepted") this.#accepted.set(record.id, { item: ended.item, revision: 1 });
    // The verdict is kept before it's shown; a large response may take its time.
    await this.#write(ended, (error) => this.#parts.onDidFail(error));
  }

  #forget(id: string): void {
    this.#running.delete(id);
    if (this.#running.size === 0) this.#parts.mark.stop();
  }

  /** Never rejects: an invocation goes on without the history. */
  async #write(line: HistoryLine, onLateFailure?: (error: unknown) => void): Promise<boolean> {
    try {
      await this.#inTime(this.#parts.writer.append(line, onLateFailure));
      this.#parts.onDidWrite();
      return true;
    } catch (error) {
      this.#parts.onDidFail(error);
      return false;
    }
  }

  async #inTime(writing: Promise<void>): Promise<void> {
    let stop = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(new Error("The disk didn't answer in time."));
      stop = this.#parts.clock.after(MAX_WRITE_MS, fail);
    });
    try {
      await Promise.race([writing, late]);
    } finally {
      stop();
      writing.catch(() => {});
    }
  }
}
