import {
  type CancellationToken,
  type Disposable,
  type Event,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  window,
} from "vscode";
import { CONTEXT_KEYS, VIEWS } from "../../contributions.ts";
import { groupByDay, type HistoryEntry, matchesWords } from "../../core/history/historyRow.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import { TreeChanges } from "../treeChanges.ts";
import type { History } from "../history/history.ts";
import type { FollowedEvents } from "../invocations/followedEvents.ts";
import { DayNode, type HistoryNode, RecordNode } from "./historyNodes.ts";

/** What the view is made of. */
export interface HistoryViewParts {
  clock: Pick<Clock, "now" | "after">;
  followed: Pick<FollowedEvents, "has" | "nextAttempt" | "size" | "onDidChange">;
  history: Pick<History, "ready" | "entries" | "onDidChange">;
}

/** How often a count-down is brought up to date, in milliseconds. */
const COUNTDOWN_MS = 1_000;
/** How often the ages in the rows are brought up to date, in milliseconds. */
const AGE_MS = 60_000;

/** The history view: invocations by day, as far as they match the filter. */
export class HistoryView implements Disposable, TreeDataProvider<HistoryNode> {
  readonly #disposables = new DisposableStore();
  readonly #changes: TreeChanges<HistoryNode>;
  readonly #parts: HistoryViewParts;
  readonly #view: TreeView<HistoryNode>;
  #filter = "";
  #firstDay: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The rows that VS Code has asked for since the last tick, and that count down. */
  readonly #counting = new Set<RecordNode>();
  #stopCounting: (() => void) | undefined;

  readonly onDidChangeTreeData: Event<HistoryNode | undefined>;

  constructor(parts: HistoryViewParts) {
    this.#parts = parts;
    this.#changes = this.#disposables.add(new TreeChanges(parts.clock));
    this.onDidChangeTreeData = this.#changes.event;
    const options = { treeDataProvider: this, showCollapseAll: true, canSelectMany: true };
    this.#view = this.#disposables.add(window.createTreeView(VIEWS.history, options));
    this.#disposables.add(parts.history.onDidChange(() => this.#changes.fire()));
    this.#disposables.add(parts.followed.onDidChange(() => this.#followedChanged()));
    this.#disposables.add(
      this.#view.onDidChangeVisibility(({ visible }) => this.#visibilityChanged(visible)),
    );
  }

  get filter(): string {
    return this.#filter;
  }

  /** The invocations that are selected. */
  get selection(): readonly RecordNode[] {
    return this.#view.selection.filter((node) => node instanceof RecordNode);
  }

  /** Shows only invocations with these words. */
  setFilter(filter: string): void {
    this.#filter = filter.trim();
    setContext(CONTEXT_KEYS.historyFiltered, this.#filter !== "");
    this.#changes.fire();
  }

  getTreeItem(node: HistoryNode): TreeItem {
    if (node instanceof RecordNode) return this.#recordItem(node);
    return node.item(node.day.key === this.#firstDay);
  }

  resolveTreeItem(item: TreeItem, node: HistoryNode, _token: CancellationToken): TreeItem {
    if (node instanceof RecordNode) item.tooltip = node.tooltip();
    return item;
  }

  /** VS Code asks once the view is in sight. */
  getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    return this.#changes.answer(node, () => this.#children(node));
  }

  async #children(node: HistoryNode | undefined): Promise<HistoryNode[]> {
    if (node instanceof DayNode) return node.day.entries.map((entry) => this.#nodeOf(entry));
    if (node) return [];
    this.#keepAges(this.#view.visible);
    await this.#parts.history.ready();
    const days = groupByDay(this.#shown(), this.#parts.clock.now());
    this.#firstDay = days[0]?.key;
    return days.map((day) => new DayNode(day));
  }

  dispose(): void {
    this.#stopCounting?.();
    this.#keepAges(false);
    this.#disposables.dispose();
  }

  #recordItem(node: RecordNode): TreeItem {
    const { clock, followed } = this.#parts;
    const now = clock.now();
    const next = followed.nextAttempt(node.entry.item.requestId);
    if (next && next.atMs > now) {
      this.#counting.add(node);
      if (this.#view.visible) this.#stopCounting ??= clock.after(COUNTDOWN_MS, () => this.#count());
    }
    return node.item(now, next);
  }

  /** VS Code asks again for the rows that it still has, which makes them go on. */
  #count(): void {
    this.#stopCounting = undefined;
    const rows = [...this.#counting];
    this.#counting.clear();
    if (this.#view.visible) for (const row of rows) this.#changes.fireLeaf(row);
  }

  #visibilityChanged(visible: boolean): void {
    this.#keepAges(visible);
    // The rows are as they were when they were last seen.
    if (visible && this.#parts.followed.size > 0) this.#changes.fire();
  }

  #nodeOf(entry: HistoryEntry): RecordNode {
    return new RecordNode(entry, this.#parts.followed.has(entry.item.requestId));
  }

  /** A number on the view's icon: the events whose outcome is still to come. */
  #followedChanged(): void {
    const { size } = this.#parts.followed;
    const events = size === 1 ? "1 asynchronous event has" : `${size} asynchronous events have`;
    this.#view.badge = size === 0 ? undefined : { value: size, tooltip: `${events} no outcome yet` };
    this.#changes.fire();
  }

  #shown(): readonly HistoryEntry[] {
    const all = this.#parts.history.entries();
    const shown = this.#filter === "" ? all : all.filter((entry) => matchesWords(entry, this.#filter));
    const found = `Filter “${this.#filter}”: ${shown.length} of ${all.length} invocations`;
    this.#view.message = this.#filter === "" ? "" : found;
    return shown;
  }

  /** One timer, while somebody sees the view. */
  #keepAges(visible: boolean): void {
    if (visible) this.#timer ??= setInterval(() => this.#changes.fire(), AGE_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
