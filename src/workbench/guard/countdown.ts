import { type Disposable, StatusBarAlignment, ThemeColor, window } from "vscode";
import { COMMANDS, CONTEXT_KEYS } from "../../contributions.ts";
import { formatCountdown } from "../../core/format.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { Guards } from "./guards.ts";

const TICK_MS = 1000;

/** Shows in the status bar what is unlocked, and for how long still; a click puts the guards back. */
export function showCountdown(guards: Guards, clock: Pick<Clock, "after">): Disposable {
  const store = new DisposableStore();
  let isShown = false;
  let stop = (): void => undefined;
  const item = store.add(window.createStatusBarItem("lambdaInvoke.unlocked", StatusBarAlignment.Right, 91));
  item.name = "Unlocked Lambda Functions";
  item.command = COMMANDS.lock;
  item.backgroundColor = new ThemeColor("statusBarItem.warningBackground");
  const update = (): void => {
    stop();
    const { current } = guards.unlocks;
    const [first] = current;
    if (isShown !== (first !== undefined)) setContext(CONTEXT_KEYS.unlocked, first !== undefined);
    isShown = first !== undefined;
    if (!first) return item.hide();
    item.text = `$(unlock) ${first.label} ${formatCountdown(guards.unlocks.leftMs(first))}`;
    item.tooltip = `Unlocked: ${current.map(({ label }) => label).join(", ")}. Click to lock again.`;
    item.show();
    stop = clock.after(TICK_MS, () =>
      guards.unlocks.current.length < current.length ? guards.noteEnded() : update(),
    );
  };
  store.add(guards.onDidChange(update));
  store.add({ dispose: () => stop() });
  return store;
}
