import { Disposable } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { setContext } from "../context.ts";
import type { InvocationStore } from "./invocationStore.ts";
import { whileRunning } from "./whileRunning.ts";

/** Keeps what `when` clauses ask about invocations. */
export function updateContextKeys(store: InvocationStore): Disposable {
  return Disposable.from(updateIsRunning(store), updateHasRecord(store));
}

function updateIsRunning(store: InvocationStore): Disposable {
  let count = 0;
  return whileRunning(store, () => {
    if (count++ === 0) setContext(CONTEXT_KEYS.running, true);
    return () => {
      if (--count === 0) setContext(CONTEXT_KEYS.running, false);
    };
  });
}

function updateHasRecord(store: InvocationStore): Disposable {
  let isKnown = false;
  return store.onDidChange(() => {
    if (isKnown || !store.last) return;
    isKnown = true;
    setContext(CONTEXT_KEYS.hasRecord, true);
  });
}
