import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Disposable, EventEmitter, RelativePattern, Uri, workspace } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import type { Connection } from "../../core/connections/connection.ts";
import { functionRef } from "../../core/functions/functionRef.ts";
import type { HistoryItem } from "../../core/history/historyItem.ts";
import type { HistoryEntry } from "../../core/history/historyRow.ts";
import { type MergedItem, newestWithin } from "../../core/history/mergeHistory.ts";
import { toHistoryRecord } from "../../core/history/toHistoryRecord.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { Finding } from "../../core/invocation/finding.ts";
import type { InvokedFunction } from "../../core/invocation/invocationSpec.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationChange, InvocationStore } from "../invocations/invocationStore.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import { clearHistory, compactHistory } from "./files/compactHistory.ts";
import { newWindowName, windowOf } from "./files/historyFolder.ts";
import { HistoryReader } from "./files/historyReader.ts";
import { HistoryWriter } from "./files/historyWriter.ts";
import { isWaiting, WindowMark } from "./files/windowMark.ts";
import type { Guards } from "../guard/guards.ts";
import { HistoryRecorder, type Recording } from "./historyRecorder.ts";
import { historyProblem } from "./historyProblem.ts";
import { LeftEvents } from "./leftEvents.ts";
import type { ReadInvocation } from "./readInvocation.ts";
import { UnsavedInvocations } from "./unsavedInvocations.ts";

/** What the history is made of. */
export interface HistoryParts {
  clock: Clock;
  guards: Pick<Guards, "liftable">;
  /** The extension's folder for what belongs to all windows. */
  storage: Uri;
  reporter: Pick<Reporter, "problem" | "noteProblem" | "note">;
  settings: Pick<Settings, "historyLimits" | "onDidChange" | "savePayloads" | "saveProtected">;
  store: Pick<InvocationStore, "find" | "onDidChange">;
}

/** Old invocations are removed so long after the first use, in milliseconds. */
const COMPACT_AFTER_MS = 10_000;
const LIMITS = [SETTINGS.historyLimit, SETTINGS.historyMaxAge, SETTINGS.historyMaxSize];

/**
 * The history of all windows, on disk. Nothing is read before the history is shown, and nothing is written before the
 * first invocation.
 */
export class History implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new EventEmitter<void>());
  readonly #parts: HistoryParts;
  readonly #folder: string;
  readonly #reader: HistoryReader;
  readonly #recorder: HistoryRecorder;
  readonly #unsaved: UnsavedInvocations;
  readonly #writer: HistoryWriter;
  /** Windows that wait for answers, as of the last time the history was read. */
  #waiting: ReadonlySet<string> = new Set();
  #ready: Promise<void> | undefined;
  #stopCompacting: (() => void) | undefined;
  #hasFailed = false;

  /** The events that closed windows have left. */
  readonly left: LeftEvents;

  /** Fires when there is something new to show, once the history has been shown. */
  readonly onDidChange = this.#changed.event;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    const { clock, settings, storage, store } = parts;
    this.#folder = join(storage.fsPath, "history");
    this.#reader = new HistoryReader(this.#folder);
    const window = newWindowName(clock.now(), process.pid, randomUUID().slice(0, 8));
    const mark = this.#disposables.add(new WindowMark(this.#folder, window));
    this.#writer = new HistoryWriter(this.#folder, window, mark);
    this.#unsaved = new UnsavedInvocations(clock);
    const writerOf = ({ isUnsaved }: HistoryItem) => (isUnsaved ? this.#unsaved : this.#writer);
    this.#recorder = new HistoryRecorder({
      clock,
      mark,
      writer: { append: (line, onLateFailure) => writerOf(line.item).append(line, onLateFailure) },
      isExcluded: (...invocation) => this.#isExcluded(...invocation),
      savePayloads: () => settings.savePayloads(),
      onDidWrite: () => this.#written(),
      onDidFail: (error) => this.#failed(error),
    });
    this.left = new LeftEvents({
      clock,
      mark,
      folder: this.#folder,
      window,
      recorder: this.#recorder,
      read: (id) => this.read(id),
    });
    this.#disposables.add(store.onDidChange((change) => this.#noteOutcome(change)));
    this.#disposables.add(settings.onDidChange(LIMITS, () => this.#limitsChanged()));
  }

  /** Writes an invocation down on its way. */
  recording(connection: Connection): Recording {
    return this.#recorder.recording(connection);
  }

  /** Resolves once there is something to show, or nothing; the first call begins to follow what other windows write. */
  ready(): Promise<void> {
    this.#ready ??= new Promise((resolve) => {
      this.#followOthers();
      const some = (): void => {
        resolve();
        this.#changed.fire();
      };
      void this.#refresh(some).then(resolve);
    });
    return this.#ready;
  }

  /** The invocations that are kept, as of the last refresh, the newest first. */
  entries(): readonly HistoryEntry[] {
    const { clock, settings } = this.#parts;
    const kept = newestWithin(this.#all, settings.historyLimits(), clock.now());
    return kept.map((each) => ({ item: each.item, isRunning: this.#isRunning(each) }));
  }

  item(id: string): HistoryItem | undefined {
    return this.#find(id)?.item;
  }

  /** Reads an invocation with everything that's kept of it. Throws a `UserError` if it isn't there any more. */
  async read(id: string): Promise<ReadInvocation> {
    await this.#writer.settled();
    await this.#reader.refresh();
    const details = this.#unsaved.find(id)?.details ?? (await this.#reader.details(id));
    const merged = this.#find(id);
    if (!merged) throw new Error(`The history has no ${id}.`);
    const { item, revision } = merged;
    return { item, revision, record: toHistoryRecord(item, details), details };
  }

  /** Every other invocation that there is, also beyond what is shown. */
  others(id: string): readonly HistoryItem[] {
    return this.#all.map(({ item }) => item).filter((item) => item.id !== id);
  }

  /** Keeps what a log showed of an invocation. */
  async noteFinding(id: string, finding: Finding): Promise<void> {
    const merged = this.#find(id);
    if (merged) await this.#recorder.noteFinding(merged.item, merged.revision, finding);
  }

  /** Notes that nothing more of an accepted event is wanted to be known, in no window. */
  async noteStopped(requestId: string): Promise<void> {
    const record = this.#accepted(requestId);
    if (record) await this.#recorder.noteOutcome(record, true);
  }

  /** Removes everything that has ended. */
  async clear(): Promise<void> {
    await this.#writer.settled();
    await clearHistory(this.#folder);
    this.#unsaved.clear();
    await this.#recorder.writeRunning();
    await this.#refresh();
  }

  dispose(): void {
    this.#stopCompacting?.();
    this.#disposables.dispose();
    void this.#writer[Symbol.asyncDispose]();
  }

  /** Reads what has been written until now. Never rejects. */
  async refresh(): Promise<void> {
    await this.ready();
    await this.#refresh();
  }

  /** Reads what is new, and shows it. Never rejects. */
  async #refresh(onPart?: () => void): Promise<void> {
    const { reporter } = this.#parts;
    try {
      const before = this.#reader.damaged;
      await this.#reader.refresh(onPart);
      await this.#findWaiting();
      const damaged = this.#reader.damaged - before;
      if (damaged > 0) reporter.note(`${damaged} damaged lines of the history are left out.`);
    } catch (error) {
      reporter.noteProblem("The history couldn't be read.", error);
    }
    this.#changed.fire();
    this.#compactSoon();
  }

  get #all(): readonly MergedItem[] {
    return [...this.#reader.items.values(), ...this.#unsaved.items];
  }

  #find(id: string): MergedItem | undefined {
    return this.#unsaved.find(id)?.merged ?? this.#reader.items.get(id);
  }

  /** If its guards can't be known, it may have one. A guard that depends on tags may be one. */
  async #isExcluded(connection: Connection, fn: InvokedFunction): Promise<boolean> {
    const { guards, settings } = this.#parts;
    if (settings.saveProtected()) return false;
    const guarded = guards.liftable(functionRef(connection.name, fn), connection);
    return guarded.then(
      (found) => found !== undefined,
      () => true,
    );
  }

  /** What is beyond the new limits is removed as after the first use. */
  #limitsChanged(): void {
    this.#stopCompacting?.();
    this.#stopCompacting = undefined;
    if (this.#ready) void this.#refresh();
  }

  #isRunning({ item, places }: MergedItem): boolean {
    if (item.verdict !== undefined) return false;
    const file = places[0]?.file ?? "";
    return this.#recorder.isRunning(item.id) || this.#waiting.has(windowOf(file));
  }

  async #findWaiting(): Promise<void> {
    const open = [...this.#reader.items.values()].filter(({ item }) => item.verdict === undefined);
    const windows = new Set(open.flatMap(({ places }) => places.map(({ file }) => windowOf(file))));
    const waiting = new Set<string>();
    for (const window of windows)
      if (await isWaiting(this.#folder, window, this.#parts.clock.now())) waiting.add(window);
    this.#waiting = waiting;
  }

  #followOthers(): void {
    const pattern = new RelativePattern(Uri.file(this.#folder), "*.{jsonl,open}");
    const watcher = this.#disposables.add(workspace.createFileSystemWatcher(pattern));
    const refresh = (): void => void this.#refresh();
    // A window renews its mark while it waits, which changes nothing.
    this.#disposables.add(watcher.onDidChange(({ path }) => path.endsWith(".jsonl") && refresh()));
    this.#disposables.add(watcher.onDidCreate(refresh));
    this.#disposables.add(watcher.onDidDelete(refresh));
  }

  #written(): void {
    this.#hasFailed = false;
    if (this.#ready) void this.#refresh();
    else this.#compactSoon();
  }

  /** The first of several failures in a row is shown. */
  #failed(error: unknown): void {
    const message = historyProblem(error, this.#folder);
    if (this.#hasFailed) this.#parts.reporter.noteProblem(message, error);
    else this.#parts.reporter.problem(message);
    this.#hasFailed = true;
  }

  #noteOutcome(change: InvocationChange): void {
    if (change.type !== "attempt" && change.type !== "gaveUp") return;
    const record = this.#accepted(change.event.requestId);
    const isLast = change.type === "gaveUp" || record?.outcome?.verdict !== "unknown";
    if (record) void this.#recorder.noteOutcome(record, isLast);
  }

  #accepted(requestId: string): InvocationRecord | undefined {
    return this.#parts.store.find((each) => each.requestId === requestId && each.verdict === "accepted");
  }

  /** Once in each window, and after its limits were changed, when it has other things to do than to be seen starting. */
  #compactSoon(): void {
    const { clock, reporter, settings } = this.#parts;
    const compact = async (): Promise<void> => {
      try {
        await compactHistory(this.#folder, settings.historyLimits(), clock.now());
      } catch (error) {
        reporter.noteProblem("Old invocations couldn't be removed from the history.", error);
      }
    };
    this.#stopCompacting ??= clock.after(COMPACT_AFTER_MS, () => void compact());
  }
}
