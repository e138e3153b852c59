import { ProgressLocation, window } from "vscode";
import { formatElapsed } from "../../core/format.ts";
import type { Running, RunningInvocations } from "./running.ts";

/** Progress is shown for what takes longer, in milliseconds. */
const PROGRESS_AFTER_MS = 1000;

/** Shows an invocation's elapsed time and a Cancel button, once it takes longer than a second; call what is returned at its end. */
export function showProgress(started: Running, running: RunningInvocations): () => void {
  const ended = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    const title = `Invoking ${started.function} on ${started.connection}`;
    const options = { location: ProgressLocation.Notification, cancellable: true, title };
    void window.withProgress(options, async (progress, token) => {
      const tell = (): void => progress.report({ message: formatElapsed(running.sinceMs(started)) });
      const listeners = [token.onCancellationRequested(() => started.cancel()), running.onDidChange(tell)];
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
