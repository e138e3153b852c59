import { type QuickPick, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from "vscode";
import type { Catalog, Shelf } from "./catalog.ts";
import { DisposableStore } from "../disposables.ts";
import { isSame, type Target } from "../../core/functions/target.ts";

interface TargetItem extends QuickPickItem {
  target?: Target;
}

/** Asks for a function: those used last first, then every connection's, as they arrive. */
export async function pickFunction(
  catalog: Catalog,
  recent: readonly Target[],
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
  const show = (): void => fill(pick, shelves, recent);
  store.add(catalog.onDidChange(show));
  show();
  pick.show();
  void Promise.all(shelves.map(({ list }) => list.load())).then(() => {
    pick.busy = false;
    show();
  });
  const chosen = await answer(pick, store);
  store.dispose();
  return chosen;
}

function answer(pick: QuickPick<TargetItem>, store: DisposableStore): Promise<Target | undefined> {
  return new Promise((resolve) => {
    store.add(pick.onDidHide(() => resolve(undefined)));
    store.add(
      pick.onDidAccept(() => {
        const target = pick.selectedItems[0]?.target;
        if (target) resolve(target);
      }),
    );
  });
}

/** Sets the items anew, and keeps the one that was active. */
function fill(pick: QuickPick<TargetItem>, shelves: readonly Shelf[], recent: readonly Target[]): void {
  const active = pick.activeItems[0]?.target;
  const names = new Set(shelves.map(({ connection }) => connection.name));
  const latest = recent.filter(({ connection }) => names.has(connection));
  const items: TargetItem[] = [];
  if (latest.length > 0) items.push(separator("used last"), ...latest.map(recentItem));
  for (const shelf of shelves) items.push(separator(shelf.connection.name), ...shelfItems(shelf, latest));
  pick.items = items;
  const again = active && items.find(({ target }) => target && isSame(target, active));
  if (again) pick.activeItems = [again];
}

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

function shelfItems({ connection, list }: Shelf, recent: readonly Target[]): TargetItem[] {
  const { functions, status, error } = list.state;
  const items: TargetItem[] = [];
  for (const { name, runtime, description } of functions) {
    const target: Target = { connection: connection.name, function: name };
    if (recent.some((each) => isSame(each, target))) continue;
    const facts = [runtime, description].filter((part) => part !== undefined).join(" · ");
    items.push({ label: name, description: facts, iconPath: new ThemeIcon("symbol-method"), target });
  }
  if (status === "failed") {
    const detail = error instanceof Error ? error.message : String(error);
    items.push({ label: "Cannot be listed", detail, iconPath: new ThemeIcon("error"), alwaysShow: true });
  }
  return items;
}
