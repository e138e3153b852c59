import type { Disposable } from "vscode";
import { DisposableStore } from "../disposables.ts";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import type { FunctionCatalog } from "./functionCatalog.ts";

/**
 * Lists Local's functions again when the workspace has changed, if they have been listed before. Once they're listed, what
 * was found of them earlier is forgotten.
 */
export function reloadLocalFunctions(
  localState: Pick<LocalWorkspaceState, "onDidChange" | "forgetFound">,
  catalog: Pick<FunctionCatalog, "known" | "onDidChange">,
): Disposable {
  const store = new DisposableStore();
  store.add(
    localState.onDidChange(() => {
      const local = catalog.known.find(({ connection }) => connection.kind === "local");
      if (local && local.list.state.status !== "idle") void local.list.reload();
    }),
  );
  store.add(
    catalog.onDidChange((entry) => {
      if (entry?.connection.kind === "local" && entry.list.state.status !== "loading")
        localState.forgetFound();
    }),
  );
  return store;
}
