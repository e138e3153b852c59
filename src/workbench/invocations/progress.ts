import { type Disposable, ProgressLocation, window } from "vscode";
import { formatElapsed } from "../../core/format.ts";
import type { InvocationStore, RunningInvocation } from "./invocationStore.ts";
import { whileRunning } from "./whileRunning.ts";

/** How long after its name, progress with a Cancel button is shown, in milliseconds. */
const PROGRESS_AFTER_MS = 900;

/**
 * Names each invocation in the status bar while it's under way, and shows the elapsed time and a Cancel button of those that
 * take longer than a second.
 */
export function showProgress(store: InvocationStore): Disposable {
  return whileRunning(store, (invocation) => show(invocation, store));
}

/** Call what is returned at the invocation's end. */
function show(invocation: RunningInvocation, store: InvocationStore): () => void {
  const ended = Promise.withResolvers<void>();
  const title = titleOf(invocation);
  window.setStatusBarMessage(`$(loading~spin) ${title}`, ended.promise);
  const timer = setTimeout(() => {
    const options = { location: ProgressLocation.Notification, cancellable: true, title };
    void window.withProgress(options, async (progress, token) => {
      const tell = (): void => progress.report({ message: formatElapsed(store.elapsedMs(invocation)) });
      const listeners = [token.onCancellationRequested(() => invocation.cancel()), store.onDidChange(tell)];
      tell();
      await ended.promise;
      for (const listener of listeners) listener.dispose();
    });
  }, PROGRESS_AFTER_MS);
  return () => {
    clearTimeout(timer);
    ended.resolve();
  };
}

function titleOf({ spec: { connection, function: invoked, mode } }: RunningInvocation): string {
  const qualifier = invoked.qualifier === undefined ? "" : `:${invoked.qualifier}`;
  return `${mode === "DryRun" ? "Checking" : "Invoking"} ${invoked.name}${qualifier} on ${connection}`;
}
