import type { Disposable } from "vscode";
import { needsPerson } from "../../core/credentials/needsPerson.ts";
import { unlessAborted } from "../../core/unlessAborted.ts";
import type { InvocationStore } from "./invocationStore.ts";
import type { ReadingApi } from "./reopeningApi.ts";

/** What tells that a person uses a connection. */
export interface ConnectionUseParts {
  store: Pick<InvocationStore, "onDidChange">;
  /** Fires with the name of a connection whose functions were listed. */
  onDidList(listener: (connection: string) => void): Disposable;
}

/** Resolves once a person uses a connection: invokes something there, or lists its functions. Rejects with the signal's reason. */
async function nextUse(name: string, parts: ConnectionUseParts, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listeners = [
    parts.onDidList((listed) => listed === name && resolve()),
    parts.store.onDidChange((change) => {
      if (change.type === "ended" && change.record.connection === name) resolve();
    }),
  ];
  try {
    await unlessAborted(promise, signal);
  } finally {
    for (const listener of listeners) listener.dispose();
  }
}

/** An API whose calls wait, without a word, until a person has given the credentials that they need to that connection. */
export function waitingApi(api: ReadingApi, name: string, parts: ConnectionUseParts): ReadingApi {
  const patiently = async <T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!needsPerson(error)) throw error;
        await nextUse(name, parts, signal);
      }
    }
  };
  return {
    // Only who reads all of a log uses the others, and that a person has asked for.
    ...api,
    searchLog: (query, signal) => patiently(() => api.searchLog(query, signal), signal),
    eventPolicy: (fn, signal) => patiently(() => api.eventPolicy(fn, signal), signal),
    logGroup: (fn, signal) => patiently(() => api.logGroup(fn, signal), signal),
  };
}
