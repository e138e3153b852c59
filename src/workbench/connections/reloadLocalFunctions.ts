import type { Disposable } from "vscode";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import type { FunctionCatalog } from "./functionCatalog.ts";

/** Lists Local's functions again when the workspace has changed, if they have been listed before. */
export function reloadLocalFunctions(
  localState: Pick<LocalWorkspaceState, "onDidChange">,
  catalog: Pick<FunctionCatalog, "known">,
): Disposable {
  return localState.onDidChange(() => {
    const local = catalog.known.find(({ connection }) => connection.kind === "local");
    if (local && local.list.state.status !== "idle") void local.list.reload();
  });
}
