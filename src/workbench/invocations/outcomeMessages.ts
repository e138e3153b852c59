import { commands, type Disposable, window } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import { isSettled } from "../../core/invocation/attempt.ts";
import { attemptSentence } from "../../core/output/eventBlocks.ts";
import type { Settings } from "../settings.ts";
import type { InvocationStore } from "./invocationStore.ts";

const SHOW_OUTPUT = "Show Output";

/** Tells what became of accepted events, as far as the settings want it. */
export function showOutcomeMessages(
  store: Pick<InvocationStore, "onDidChange">,
  settings: Pick<Settings, "notifyAsync">,
): Disposable {
  return store.onDidChange((change) => {
    if (change.type !== "attempt" || !isSettled(change.attempt)) return;
    const { attempt, event } = change;
    const wanted = settings.notifyAsync();
    const hasFailed = attempt.outcome === "failed";
    if (wanted === "never" || (wanted === "failures" && !hasFailed)) return;
    const what = `${labelOf(event.function)} (${event.connection}), attempt ${attempt.number}`;
    const message = `${what}: ${attemptSentence(attempt)}`;
    const show = hasFailed ? window.showWarningMessage : window.showInformationMessage;
    void show(message, SHOW_OUTPUT).then((chosen) => {
      if (chosen === SHOW_OUTPUT) void commands.executeCommand(COMMANDS.showOutput);
    });
  });
}
