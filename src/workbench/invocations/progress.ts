import { type Disposable, ProgressLocation, window } from "vscode";
import { formatElapsed } from "../../core/format.ts";
import type { InvocationStore, RunningInvocation } from "./invocationStore.ts";

/** Progress is shown for what takes longer, in milliseconds. */
const PROGRESS_AFTER_MS = 1000;

/** Shows the elapsed time and a Cancel button of each invocation that takes longer than a second. */
export function showProgress(store: InvocationStore): Disposable {
  const hide = new Map<RunningInvocation, () => void>();
  return store.onDidChange((change) => {
    if (change.type === "started") hide.set(change.invocation, showSoon(change.invocation, store));
    if (change.type === "ended" || change.type === "abandoned") {
      hide.get(change.invocation)?.();
      hide.delete(change.invocation);
    }
  });
}

/** Call what is returned at the invocation's end. */
function showSoon(invocation: RunningInvocation, store: InvocationStore): () => void {
  const ended = Promise.withResolvers<void>();
  const { connection, function: invoked } = invocation.spec;
  const timer = setTimeout(() => {
    const title = `Invoking ${invoked.name} on ${connection}`;
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
