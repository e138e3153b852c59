import { window } from "vscode";
import type { Connection } from "../../core/connections/connection.ts";
import { guardOf, type Question } from "../../core/connections/guards.ts";
import type { Settings } from "../settings.ts";
import type { InvocationStore } from "./invocationStore.ts";
import type { PendingInvocation } from "./pendingInvocation.ts";
import { STATUS_MESSAGE_MS } from "./resultMessages.ts";

/** What the guard looks at. */
export interface GuardParts {
  settings: Pick<Settings, "protected">;
  store: Pick<InvocationStore, "running" | "elapsedMs" | "noteStart" | "sinceStartMs">;
}

/** Asks the user what must be confirmed before anything is sent, and notes the start; false if it must not be. */
export async function guardStart(
  { mode, target, scripted }: PendingInvocation,
  connection: Connection,
  { settings, store }: GuardParts,
): Promise<boolean> {
  const newest = store.running(target).at(-1);
  const runningMs = newest && store.elapsedMs(newest);
  const sinceStartMs = store.sinceStartMs(target);
  const protectedGlobs = settings.protected();
  const guard = guardOf({ mode, target, connection, scripted, runningMs, sinceStartMs, protectedGlobs });
  if (guard.kind === "doubleClick") {
    window.setStatusBarMessage(`${target.function} has just been started.`, STATUS_MESSAGE_MS);
    return false;
  }
  for (const question of guard.questions) if (!(await confirm(question))) return false;
  // With no wait between the look and this: of two clicks, one starts the function.
  store.noteStart(target);
  return true;
}

/** Asks a question that stops everything else until it's answered. */
export async function confirm({ message, detail, yes }: Question): Promise<boolean> {
  return (await window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
