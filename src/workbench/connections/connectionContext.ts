import type { Disposable } from "vscode";
import { CONTEXT_KEYS, SETTINGS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import type { Settings } from "../settings.ts";

/** Keeps the context key that says whether connections are configured. */
export function updateConnectionContext(settings: Pick<Settings, "connections" | "onDidChange">): Disposable {
  const update = (): void =>
    setContext(CONTEXT_KEYS.hasConnections, settings.connections().connections.length > 0);
  update();
  return settings.onDidChange([SETTINGS.connections], update);
}
