import { join } from "node:path";
import { type Disposable, type ExtensionContext, extensions, workspace } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { LambdaGateway } from "../../core/ports.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { FunctionCredentials, LocalWorkspace } from "@lambda-invoke/local/contract/workspace.ts";
import { isUserError } from "../../core/userError.ts";
import type { Clock } from "../../core/invocation/invocation.ts";
import { isLocalAvailable } from "./localAvailability.ts";
import { PYTHON_DEBUGGER } from "./localDebugger.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";
import type { LocalSettings, Settings } from "../settings.ts";

/** Tells the local service what the workspace is: now, and as folders, trust and settings change. */
export function followWorkspace(local: Pick<LocalService, "setWorkspace">, settings: Settings): Disposable {
  const store = new DisposableStore();
  const tell = (): void => local.setWorkspace(localWorkspace(settings.local()));
  const names = [
    SETTINGS.localEnvFile,
    SETTINGS.localOutsideAllowed,
    SETTINGS.localProfile,
    SETTINGS.localPythonPath,
  ];
  store.add(workspace.onDidChangeWorkspaceFolders(tell));
  store.add(workspace.onDidGrantWorkspaceTrust(tell));
  store.add(extensions.onDidChange(tell));
  store.add(settings.onDidChange(names, tell));
  tell();
  return store;
}

/** What the local service is told when it starts, and what it asks for later; each setting is read when it is needed. */
export interface LocalOptions {
  executable: string;
  env: NodeJS.ProcessEnv;
  script: string;
  stateDir?: string;
  config: () => { port: number; asyncRetryDelaysMs?: readonly number[] };
  debugpyPath: () => string | undefined;
  functionCredentials: () => Promise<FunctionCredentials | undefined>;
}

/** How the local service is started: as a process of this Node.js, with the workspace's own storage for what must outlive it. */
export function localOptions(
  context: ExtensionContext,
  settings: Settings,
  credentials: LambdaGateway["credentials"],
  reporter: Pick<Reporter, "failure">,
): LocalOptions {
  const script = context.asAbsolutePath("dist/local/main.cjs");
  const stateDir = context.storageUri && { stateDir: context.storageUri.fsPath };
  return {
    executable: process.execPath,
    env: process.env,
    script,
    ...stateDir,
    config: () => config(settings.local()),
    debugpyPath: bundledDebugpy,
    functionCredentials: async () => {
      const { profile } = settings.local();
      if (profile === "") return undefined;
      try {
        return await credentials(profile);
      } catch (error) {
        // The service passes on what is wrong as text, and a sign-in is one click away here only.
        if (isUserError(error) && error.signIn) reporter.failure(error);
        throw error;
      }
    },
  };
}

function config({ port, awsRetryDelays }: LocalSettings): ReturnType<LocalOptions["config"]> {
  return { port, ...(awsRetryDelays ? { asyncRetryDelaysMs: RETRY_DELAYS_MS.aws } : {}) };
}

/** The folder of the debugpy that the Python Debugger extension brings, where that is installed. */
export function bundledDebugpy(): string | undefined {
  const found = extensions.getExtension(PYTHON_DEBUGGER);
  return found && join(found.extensionPath, "bundled", "libs");
}

/** When a window looks for events of an earlier one: what a person waits for comes first, in milliseconds. */
const RESUME_AFTER_MS = 5_000;

/** What looking for events of an earlier window needs. */
export interface ResumeParts {
  local: Pick<LocalService, "hasPendingEvents" | "address">;
  settings: Settings;
  clock: Pick<Clock, "after">;
  reporter: Pick<Reporter, "note">;
}

/** Starts the local service where accepted events wait for it: some seconds from now, or once Local may run at all. */
export function resumeEvents({ local, settings, clock, reporter }: ResumeParts): Disposable {
  const store = new DisposableStore();
  const ended = new AbortController();
  const { signal } = ended;
  const resume = async (): Promise<void> => {
    if (!isLocalAvailable(settings)) return;
    if (await local.hasPendingEvents(signal)) await local.address(signal);
  };
  const look = (): void => {
    resume().catch((error: unknown) => {
      if (!signal.aborted) reporter.note(`Accepted events could not be looked for: ${String(error)}`);
    });
  };
  store.add({ dispose: clock.after(RESUME_AFTER_MS, look) });
  store.add(workspace.onDidGrantWorkspaceTrust(look));
  store.add(settings.onDidChange([SETTINGS.localEnabled], look));
  store.add({ dispose: () => ended.abort() });
  return store;
}

/** The folders of this window that are on disk, whether they are trusted, and what is set for them. */
function localWorkspace({ envFile, outsideAllowed, profile, pythonPath }: LocalSettings): LocalWorkspace {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  return {
    folders: folders.map(({ uri }) => uri.fsPath),
    trusted: workspace.isTrusted,
    outsideAllowed,
    ...(envFile === "" ? {} : { envFile }),
    ...(profile === "" ? {} : { profile }),
    ...(pythonPath === "" ? {} : { pythonPath }),
  };
}
