import { type Disposable, workspace } from "vscode";
import type { LocalService, LocalWorkspace } from "../../core/ports.ts";
import { DisposableStore } from "../disposables.ts";

/** Tells the local service what the workspace is: now, and as folders come and go or trust is granted. */
export function followWorkspace(local: Pick<LocalService, "setWorkspace">): Disposable {
  const store = new DisposableStore();
  const tell = (): void => local.setWorkspace(localWorkspace());
  store.add(workspace.onDidChangeWorkspaceFolders(tell));
  store.add(workspace.onDidGrantWorkspaceTrust(tell));
  tell();
  return store;
}

/** The folders of this window that are on disk, and whether they are trusted. */
function localWorkspace(): LocalWorkspace {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  return { folders: folders.map(({ uri }) => uri.fsPath), trusted: workspace.isTrusted };
}
