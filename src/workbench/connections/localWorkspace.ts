import { type Disposable, type ExtensionContext, workspace } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import type { LocalService, LocalWorkspace } from "../../core/ports.ts";
import { DisposableStore } from "../disposables.ts";
import type { LocalSettings, Settings } from "../settings.ts";

/** Tells the local service what the workspace is: now, and as folders, trust and settings change. */
export function followWorkspace(local: Pick<LocalService, "setWorkspace">, settings: Settings): Disposable {
  const store = new DisposableStore();
  const tell = (): void => local.setWorkspace(localWorkspace(settings.local()));
  const names = [SETTINGS.localEnvFile, SETTINGS.localOutsideAllowed, SETTINGS.localPythonPath];
  store.add(workspace.onDidChangeWorkspaceFolders(tell));
  store.add(workspace.onDidGrantWorkspaceTrust(tell));
  store.add(settings.onDidChange(names, tell));
  tell();
  return store;
}

/** How the local service is started: as a process of this Node.js, with the workspace's own storage for what must outlive it. */
export function processOptions(context: ExtensionContext): {
  executable: string;
  env: NodeJS.ProcessEnv;
  script: string;
  stateDir?: string;
} {
  const script = context.asAbsolutePath("dist/local/main.cjs");
  const stateDir = context.storageUri && { stateDir: context.storageUri.fsPath };
  return { executable: process.execPath, env: process.env, script, ...stateDir };
}

/** What a person has set of the local service, for its next start. */
export function localTuning({ port, awsRetryDelays }: LocalSettings): {
  port: number;
  asyncRetryDelaysMs?: readonly number[];
} {
  return { port, ...(awsRetryDelays ? { asyncRetryDelaysMs: AWS_RETRY_DELAYS_MS } : {}) };
}

/** AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation". */
const AWS_RETRY_DELAYS_MS = [60_000, 120_000];

/** The folders of this window that are on disk, whether they are trusted, and what is set for them. */
function localWorkspace({ envFile, outsideAllowed, pythonPath }: LocalSettings): LocalWorkspace {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  return {
    folders: folders.map(({ uri }) => uri.fsPath),
    trusted: workspace.isTrusted,
    outsideAllowed,
    ...(envFile === "" ? {} : { envFile }),
    ...(pythonPath === "" ? {} : { pythonPath }),
  };
}
