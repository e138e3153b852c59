import { type QuickPick, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from "vscode";
import type { FunctionCatalog, ConnectionFunctions } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import type { WorkspaceState } from "../workspaceState.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import { problemOf } from "../tree/listingState.ts";
import { enterFunction } from "./enterFunction.ts";
import { isSame, type Target } from "../../core/functions/target.ts";

/** What asking for a function needs. */
export interface FunctionPickParts {
  catalog: FunctionCatalog;
  workspaceState: WorkspaceState;
  mfa: MfaPrompts;
}

interface TargetItem extends QuickPickItem {
  target?: Target;
  /** What is done before a function is chosen: it is entered by name, or a code is, without which it can't be listed. */
  first?: "enterName" | "enterCode";
}

/** Asks for a function: those used last first, then every connection's, as they arrive, then any by its name. */
export async function pickFunction(parts: FunctionPickParts, title: string): Promise<Target | undefined> {
  const connections = await parts.catalog.connections();
  for (;;) {
    const { item, typed } = await showPick(parts, connections, title);
    if (item?.first === "enterName") return enterFunction(connections, parts.workspaceState, typed);
    if (item?.first !== "enterCode") return item?.target;
    await parts.mfa.settled();
  }
}

async function showPick(
  { catalog, workspaceState, mfa }: FunctionPickParts,
  connections: readonly ConnectionFunctions[],
  title: string,
): Promise<{ item: TargetItem | undefined; typed: string }> {
  const pick = window.createQuickPick<TargetItem>();
  const store = new DisposableStore();
  store.add(pick);
  store.add(mfa.hold());
  pick.title = title;
  pick.placeholder = "Select a function";
  pick.matchOnDescription = true;
  pick.busy = true;
  const show = (): void => fill(pick, connections, { workspaceState, mfa });
  store.add(catalog.onDidChange(show));
  store.add(mfa.onDidChange(show));
  show();
  pick.show();
  void Promise.all(connections.map(({ list }) => list.load())).then(() => {
    pick.busy = false;
    show();
  });
  const item = await answer(pick, store);
  const typed = pick.value;
  store.dispose();
  return { item, typed };
}

function answer(pick: QuickPick<TargetItem>, store: DisposableStore): Promise<TargetItem | undefined> {
  return new Promise((resolve) => {
    store.add(pick.onDidHide(() => resolve(undefined)));
    store.add(
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item?.target || item?.first) resolve(item);
      }),
    );
  });
}

/** Sets the items anew, and keeps the one that was active. */
function fill(
  pick: QuickPick<TargetItem>,
  connections: readonly ConnectionFunctions[],
  { workspaceState, mfa }: Pick<FunctionPickParts, "workspaceState" | "mfa">,
): void {
  const active = pick.activeItems[0]?.target;
  const names = new Set(connections.map(({ connection }) => connection.name));
  const latest = workspaceState.recent.filter(({ connection }) => names.has(connection));
  const items: TargetItem[] = [];
  if (latest.length > 0) items.push(separator("used last"), ...latest.map(recentItem));
  for (const entry of connections) {
    const functions = functionItems(entry, latest, workspaceState.entered);
    items.push(separator(entry.connection.name), ...functions, ...problemItems(entry, mfa));
  }
  if (connections.length > 0) items.push(separator("not in the list"), ENTER);
  pick.items = items;
  const again = active && items.find(({ target }) => target && isSame(target, active));
  if (again) pick.activeItems = [again];
}

const ENTER: TargetItem = {
  label: "Enter a Name or ARN…",
  iconPath: new ThemeIcon("edit"),
  alwaysShow: true,
  first: "enterName",
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

function functionItems(
  entry: ConnectionFunctions,
  recent: readonly Target[],
  entered: readonly Target[],
): TargetItem[] {
  const { connection, list } = entry;
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
  return items;
}

function problemItems(entry: ConnectionFunctions, mfa: MfaPrompts): TargetItem[] {
  const problem = problemOf(entry, mfa);
  if (!problem) return [];
  const { label, message: detail } = problem;
  const first = mfa.isAskedFor(entry.connection) ? "enterCode" : undefined;
  const icon = entry.list.state.status === "failed" ? "error" : first ? "key" : "warning";
  return [{ label, detail, iconPath: new ThemeIcon(icon), alwaysShow: true, first }];
}
