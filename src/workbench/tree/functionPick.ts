import { type QuickPick, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from "vscode";
import type { Catalog, Shelf } from "./catalog.ts";
import { DisposableStore } from "../disposables.ts";
import { listingProblem } from "../../core/functions/listing.ts";
import type { Memory } from "../workspaceState.ts";
import { enterFunction } from "./enterFunction.ts";
import { isSame, type Target } from "../../core/functions/target.ts";

interface TargetItem extends QuickPickItem {
  target?: Target;
  /** Asks for a function that isn't in the list. */
  enters?: boolean;
}

/** Asks for a function: those used last first, then every connection's, as they arrive, then any by its name. */
export async function pickFunction(
  catalog: Catalog,
  memory: Memory,
  title: string,
): Promise<Target | undefined> {
  const pick = window.createQuickPick<TargetItem>();
  const store = new DisposableStore();
  store.add(pick);
  pick.title = title;
  pick.placeholder = "Select a function";
  pick.matchOnDescription = true;
  pick.busy = true;
  const shelves = await catalog.shelves();
  const show = (): void => fill(pick, shelves, memory);
  store.add(catalog.onDidChange(show));
  show();
  pick.show();
  void Promise.all(shelves.map(({ list }) => list.load())).then(() => {
    pick.busy = false;
    show();
  });
  const chosen = await answer(pick, store);
  const typed = pick.value;
  store.dispose();
  return chosen?.enters ? enterFunction(shelves, memory, typed) : chosen?.target;
}

function answer(pick: QuickPick<TargetItem>, store: DisposableStore): Promise<TargetItem | undefined> {
  return new Promise((resolve) => {
    store.add(pick.onDidHide(() => resolve(undefined)));
    store.add(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item?.target || item?.enters) resolve(item);
      }),
    );
  });
}

/** Sets the items anew, and keeps the one that was active. */
function fill(pick: QuickPick<TargetItem>, shelves: readonly Shelf[], memory: Memory): void {
  const active = pick.activeItems[0]?.target;
  const names = new Set(shelves.map(({ connection }) => connection.name));
  const latest = memory.recent.filter(({ connection }) => names.has(connection));
  const items: TargetItem[] = [];
  if (latest.length > 0) items.push(separator("used last"), ...latest.map(recentItem));
  for (const shelf of shelves) {
    items.push(separator(shelf.connection.name), ...shelfItems(shelf, latest, memory.entered));
  }
  if (shelves.length > 0) items.push(separator("not in the list"), ENTER);
  pick.items = items;
  const again = active && items.find(({ target }) => target && isSame(target, active));
  if (again) pick.activeItems = [again];
}

const ENTER: TargetItem = {
  label: "Enter a Name or ARN…",
  iconPath: new ThemeIcon("edit"),
  alwaysShow: true,
  enters: true,
};

function separator(label: string): TargetItem {
  return { label, kind: QuickPickItemKind.Separator };
}

function recentItem(target: Target): TargetItem {
  const qualifier = target.qualifier === undefined ? "" : `:${target.qualifier}`;
  return {
    label: `${target.function}${qualifier}`,
    description: target.connection,
    iconPath: new ThemeIcon("history"),
    target,
  };
}

function shelfItems(shelf: Shelf, recent: readonly Target[], entered: readonly Target[]): TargetItem[] {
  const { connection, list } = shelf;
  const isShown = (target: Target): boolean => recent.some((each) => isSame(each, target));
  const items: TargetItem[] = [];
  for (const { name, runtime, description } of list.state.functions) {
    const target: Target = { connection: connection.name, function: name };
    if (isShown(target)) continue;
    const facts = [runtime, description].filter((part) => part !== undefined).join(" · ");
    items.push({ label: name, description: facts, iconPath: new ThemeIcon("symbol-method"), target });
  }
  for (const target of entered) {
    const isListed = target.qualifier === undefined && list.find(target.function) !== undefined;
    if (target.connection !== connection.name || isListed || isShown(target)) continue;
    items.push({ ...recentItem(target), description: "entered by name", iconPath: new ThemeIcon("edit") });
  }
  return [...items, ...problemItems(shelf)];
}

function problemItems({ list }: Shelf): TargetItem[] {
  const { status, error, waiting } = list.state;
  const problem = status === "failed" ? listingProblem(error) : waiting;
  if (!problem) return [];
  const icon = new ThemeIcon(status === "failed" ? "error" : "warning");
  return [{ label: problem.label, detail: problem.message, iconPath: icon, alwaysShow: true }];
}
