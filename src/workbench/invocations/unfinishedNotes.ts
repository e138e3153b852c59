import { type Disposable, window } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { formatDateTime } from "../../core/format.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { InvocationSpec } from "../../core/invocation/invocationSpec.ts";
import type { UnfinishedInvocation, WorkspaceState } from "../workspaceState.ts";
import { findingOut, fixAction } from "../report.ts";
import type { InvocationStore } from "./invocationStore.ts";

/** What notes of unfinished invocations need. */
export interface UnfinishedNotesParts {
  clock: Pick<Clock, "now">;
  store: Pick<InvocationStore, "onDidChange">;
  workspaceState: Pick<WorkspaceState, "unfinished" | "setUnfinished">;
}

/**
 * Keeps a note of each invocation while it's under way, without its payload, and says at the start of a window what an
 * earlier one left behind: its answer went nowhere.
 */
export function noteUnfinished({ clock, store, workspaceState }: UnfinishedNotesParts): Disposable {
  const left = workspaceState.unfinished;
  if (left.length > 0) tell(left);
  const notes = new Map<string, UnfinishedInvocation>();
  const keep = (): void => void workspaceState.setUnfinished([...notes.values()]);
  if (left.length > 0) keep();
  return store.onDidChange((change) => {
    if (change.type !== "started" && change.type !== "ended" && change.type !== "abandoned") return;
    const { id, spec } = change.invocation;
    if (change.type === "started") notes.set(id, toNote(spec, clock.now()));
    else notes.delete(id);
    keep();
  });
}

function toNote(
  { connection, function: { name }, mode }: InvocationSpec,
  startedAtMs: number,
): UnfinishedInvocation {
  return { function: name, connection, mode, startedAtMs };
}

function tell(left: readonly UnfinishedInvocation[]): void {
  const message = left.map(sentence).join(" ");
  const showOutput = fixAction({ title: "Show Output", command: COMMANDS.showOutput });
  const actions = left.some(({ mode }) => mode !== "DryRun") ? [findingOut(), showOutput] : [showOutput];
  void window.showWarningMessage(message, ...actions).then((chosen) => chosen?.run());
}

function sentence({ connection, function: name, mode, startedAtMs }: UnfinishedInvocation): string {
  const at = formatDateTime(new Date(startedAtMs).toISOString());
  const what = `The window ended while ${name} on ${connection} was being`;
  if (mode === "DryRun") return `${what} checked, at ${at}. A check runs no function.`;
  const advice = "Look at its log before you send the event again.";
  return `${what} invoked, at ${at}. Whether it ran isn't known. ${advice}`;
}
