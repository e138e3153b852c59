import { type Disposable, StatusBarAlignment, window } from "vscode";
import { VIEWS } from "../../contributions.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { describeNextAttempt } from "../../core/invocation/nextAttempt.ts";
import { DisposableStore } from "../disposables.ts";
import type { FollowedEvents } from "./followedEvents.ts";

const TICK_MS = 1_000;

/** Counts down in the status bar to the next attempt at an event that is followed; a click shows the history. */
export function showNextAttempt(
  followed: Pick<FollowedEvents, "nextAttempts" | "onDidChange">,
  clock: Pick<Clock, "after" | "now">,
): Disposable {
  const store = new DisposableStore();
  const item = store.add(window.createStatusBarItem("lambdaInvoke.nextAttempt", StatusBarAlignment.Left, 0));
  item.name = "Next Attempt of a Lambda Event";
  item.command = `${VIEWS.history}.focus`;
  let stop = (): void => undefined;
  const update = (): void => {
    stop();
    const now = clock.now();
    const pending = followed.nextAttempts.filter(({ atMs }) => atMs > now);
    const [first] = pending.toSorted((a, b) => a.atMs - b.atMs);
    if (!first) return item.hide();
    item.text = `$(watch) ${first.functionName}: ${describeNextAttempt(first, now)}`;
    const events = pending.length === 1 ? "1 asynchronous event waits" : `${pending.length} events wait`;
    item.tooltip = `${events} for another attempt. Click to show the history.`;
    item.show();
    stop = clock.after(TICK_MS, update);
  };
  store.add(followed.onDidChange(update));
  store.add({ dispose: () => stop() });
  return store;
}
