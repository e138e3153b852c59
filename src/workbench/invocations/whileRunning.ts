import type { Disposable } from "vscode";
import type { InvocationStore, RunningInvocation } from "./invocationStore.ts";

/** What ends sooner isn't announced: the window would show it for an instant, and the invocation would wait for that. */
const ANNOUNCED_AFTER_MS = 100;

/** Calls `announce` for each invocation that is still under way after a moment, and what that returns when it has ended. */
export function whileRunning(
  store: Pick<InvocationStore, "onDidChange">,
  announce: (invocation: RunningInvocation) => () => void,
): Disposable {
  const ends = new Map<RunningInvocation, () => void>();
  return store.onDidChange((change) => {
    if (change.type === "started")
      ends.set(
        change.invocation,
        soon(() => announce(change.invocation)),
      );
    if (change.type !== "ended" && change.type !== "abandoned") return;
    ends.get(change.invocation)?.();
    ends.delete(change.invocation);
  });
}

function soon(announce: () => () => void): () => void {
  let end = (): void => {};
  const timer = setTimeout(() => (end = announce()), ANNOUNCED_AFTER_MS);
  return () => {
    clearTimeout(timer);
    end();
  };
}
