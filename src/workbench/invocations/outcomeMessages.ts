import { commands, type Disposable, window } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { isSettled } from "../../core/invocation/attempt.ts";
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
    const count = attempt.number === 1 ? "" : ` at attempt ${attempt.number}`;
    const what = `${event.function.name} on ${event.connection}: the asynchronous invocation`;
    const goesTo = attempt.onFailure === undefined ? "" : ` The event goes to ${attempt.onFailure}.`;
    const message = hasFailed ? `${what} failed${count}.${goesTo}` : `${what} returned${count}.`;
    const show = hasFailed ? window.showWarningMessage : window.showInformationMessage;
    void show(message, SHOW_OUTPUT).then((chosen) => {
      if (chosen === SHOW_OUTPUT) void commands.executeCommand(COMMANDS.showOutput);
    });
  });
}
