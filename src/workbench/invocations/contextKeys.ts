import type { Disposable } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import type { InvocationStore } from "./invocationStore.ts";

/** Keeps what `when` clauses ask about invocations. */
export function updateContextKeys(store: InvocationStore): Disposable {
  const known = { isRunning: false, hasRecord: false };
  return store.onDidChange(() => {
    const isRunning = store.running().length > 0;
    const hasRecord = store.last !== undefined;
    if (isRunning !== known.isRunning) setContext(CONTEXT_KEYS.running, isRunning);
    if (hasRecord !== known.hasRecord) setContext(CONTEXT_KEYS.hasRecord, hasRecord);
    Object.assign(known, { isRunning, hasRecord });
  });
}
