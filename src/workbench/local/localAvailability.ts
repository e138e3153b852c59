import { type Disposable, workspace } from "vscode";
import { CONTEXT_KEYS, SETTINGS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { Settings } from "../settings.ts";

/** Whether this window may list and run functions of its workspace: there is one, it's trusted, and Local is enabled. */
export function isLocalAvailable(settings: Pick<Settings, "localEnabled">): boolean {
  const hasFolders = (workspace.workspaceFolders ?? []).length > 0;
  return settings.localEnabled() && workspace.isTrusted && hasFolders;
}

/** Keeps the context key up to date that `when` clauses ask before they offer a command of Local. */
export function trackLocalAvailability(settings: Pick<Settings, "localEnabled" | "onDidChange">): Disposable {
  const store = new DisposableStore();
  const update = (): void => setContext(CONTEXT_KEYS.localAvailable, isLocalAvailable(settings));
  store.add(workspace.onDidChangeWorkspaceFolders(update));
  store.add(workspace.onDidGrantWorkspaceTrust(update));
  store.add(settings.onDidChange([SETTINGS.localEnabled], update));
  update();
  return store;
}
