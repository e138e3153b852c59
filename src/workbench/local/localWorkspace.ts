import { join } from "node:path";
import { type Disposable, type ExtensionContext, env, extensions, workspace } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import { RETRY_DELAYS_MS } from "@lambda-invoke/local/contract/retryDelays.ts";
import type { LambdaGateway } from "../../core/ports.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { FunctionCredentials, LocalWorkspace } from "@lambda-invoke/local/contract/workspace.ts";
import { isUserError } from "../../core/userError.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { isLocalAvailable } from "./localAvailability.ts";
import { PYTHON_DEBUGGER } from "./localDebugger.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";
import { LOCAL_SECTION, type LocalSettings, type Settings } from "../settings.ts";

/** Sends the workspace to the local service, now and when its folders, trust or settings change. */
export function followWorkspace(
  local: Pick<LocalService, "setWorkspace">,
  settings: Settings,
  { globalStorageUri }: Pick<ExtensionContext, "globalStorageUri">,
): Disposable {
  const store = new DisposableStore();
  const packagesPath = join(globalStorageUri.fsPath, "packages");
  const tell = (): void => local.setWorkspace({ ...localWorkspace(settings.local()), packagesPath });
  store.add(workspace.onDidChangeWorkspaceFolders(tell));
  store.add(workspace.onDidGrantWorkspaceTrust(tell));
  store.add(extensions.onDidChange(tell));
  store.add(settings.onDidChange([LOCAL_SECTION], tell));
  tell();
  return store;
}

/** How the local service is started. */
export interface LocalOptions {
  executable: string;
  env: NodeJS.ProcessEnv;
  script: string;
  stateDir?: string;
  config: () => { port: number; asyncRetryDelaysMs?: readonly number[] };
  debugpyPath: () => string | undefined;
  functionCredentials: () => Promise<FunctionCredentials | undefined>;
}

/** Starts the local service as a process of this Node.js, with the workspace's storage for accepted events. */
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
      const { profile } = settings.local().workspace;
      if (profile === undefined) return undefined;
      try {
        return await credentials(profile);
      } catch (error) {
        // The service passes on only the message, without the action that signs in.
        if (isUserError(error) && error.signIn) reporter.failure(error);
        throw error;
      }
    },
  };
}

function config({ port, awsRetryDelays }: LocalSettings): ReturnType<LocalOptions["config"]> {
  return { port, ...(awsRetryDelays ? { asyncRetryDelaysMs: RETRY_DELAYS_MS.aws } : {}) };
}

/** The folder of debugpy in the Python Debugger extension, if that is installed. */
export function bundledDebugpy(): string | undefined {
  const found = extensions.getExtension(PYTHON_DEBUGGER);
  return found && join(found.extensionPath, "bundled", "libs");
}

/** How long a window waits before it looks for events of an earlier one, so that other work comes first. */
const RESUME_AFTER_MS = 5_000;

/** What `resumeEvents` uses. */
export interface ResumeParts {
  local: Pick<LocalService, "hasPendingEvents" | "address">;
  settings: Settings;
  clock: Pick<Clock, "after">;
  reporter: Pick<Reporter, "note">;
}

/** Starts the local service if accepted events wait for it, after some seconds, or once Local may run. */
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
      if (!signal.aborted) reporter.note(`Looking for accepted events failed: ${String(error)}`);
    });
  };
  store.add({ dispose: clock.after(RESUME_AFTER_MS, look) });
  store.add(workspace.onDidGrantWorkspaceTrust(look));
  store.add(settings.onDidChange([SETTINGS.localEnabled], look));
  store.add({ dispose: () => ended.abort() });
  return store;
}

/** The folders of this window that are on disk, their trust and their settings. */
function localWorkspace(settings: LocalSettings): LocalWorkspace {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  return {
    folders: folders.map(({ uri }) => uri.fsPath),
    trusted: workspace.isTrusted,
    typescriptPath: join(env.appRoot, "extensions", "node_modules", "typescript", "lib", "typescript.js"),
    ...settings.workspace,
  };
}
