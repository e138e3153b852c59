import { window } from "vscode";
import { checkStart } from "../../core/guard/startCheck.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { FunctionKey, InvocationStore } from "../invocations/invocationStore.ts";
import { STATUS_MESSAGE_MS } from "../invocations/resultMessages.ts";

/** Tells a start from a double click, asks before a second one, and notes it; false if it must not be. */
export async function startIsMeant(
  key: FunctionKey,
  scripted: boolean,
  store: Pick<InvocationStore, "running" | "elapsedMs" | "noteStart" | "sinceStartMs">,
): Promise<boolean> {
  const newest = store.running(key).at(-1);
  const runningMs = newest && store.elapsedMs(newest);
  const sinceStartMs = store.sinceStartMs(key);
  const check = checkStart({ functionName: key.function, scripted, runningMs, sinceStartMs });
  if (check.kind === "doubleClick") {
    window.setStatusBarMessage(`${key.function} has just been started.`, STATUS_MESSAGE_MS);
    return false;
  }
  if (check.kind === "question" && !(await confirm(check.question))) return false;
  // With no wait between the look and this: of two clicks, one starts the function.
  store.noteStart(key);
  return true;
}
