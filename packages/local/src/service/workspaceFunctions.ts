import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugTarget } from "../contract/debugTarget.ts";
import type { FoundFunctions } from "../contract/found.ts";
import type { LocalState } from "../contract/state.ts";
import type { FunctionCredentials, LocalWorkspace } from "../contract/workspace.ts";
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import { FunctionCatalog } from "../discovery/catalog/functionCatalog.ts";
import { LogStore } from "../logs/logStore.ts";
import type { RuntimeFiles } from "../runtime/shared/runtime.ts";
import { RuntimeProblems } from "../runtime/runtimeProblems.ts";
import { codeLayoutOf, createRunner } from "../runtime/runtimes.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import { Pool, type PoolOptions } from "../sandbox/pool.ts";
import { HOMES, makeServiceFolder } from "../process/leftovers.ts";
import { createReaper } from "../process/reaperClient.ts";

export interface FunctionsOptions {
  workspace: LocalWorkspace;
  config: Pick<PoolOptions, "idleMs" | "maxSandboxes">;
  files: RuntimeFiles;
  /** The service's own Node.js, or Electron that runs as one. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Returns the credentials that functions get; called before each start of a sandbox. */
  credentials?: () => Promise<FunctionCredentials | undefined>;
  /** ms since 1970 */
  now: () => number;
  onState: (state: LocalState) => void;
  /** Called with the functions found so far, before the first state with functions. */
  onFound: (found: FoundFunctions) => void;
}

/** Lists and runs the functions of the workspace, and keeps their logs. */
export interface WorkspaceFunctions {
  logs: LogStore;
  /** A folder that's deleted with the service. */
  home: string;
  /** The functions that the templates declare now, by name. */
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, CatalogEntry>>;
  /** Rejects with the `ApiError` of `run`, as far as it's known without a build. */
  check: (entry: CatalogEntry) => Promise<void>;
  /** Runs a function once. Rejects with an `ApiError` if it can't be started. */
  run: (entry: CatalogEntry, invocation: Invocation) => Promise<InvocationResult>;
  /** Starts a sandbox for the function's next invocation under a debugger. It ends at the signal. */
  debug: (functionName: string, signal: AbortSignal) => Promise<DebugTarget>;
  setWorkspace: (workspace: LocalWorkspace) => void;
  /** Checks again what keeps functions from running: something was installed. */
  checkRuntimes: () => void;
}

/** Runs functions until the signal, which ends their processes. Lists none before `setWorkspace`. */
export function createFunctions(options: FunctionsOptions, signal: AbortSignal): WorkspaceFunctions {
  let { workspace } = options;
  let profileChanges = 0;
  // A path without links, because debuggers compare paths as strings.
  const home = join(realpathSync(tmpdir()), `lambda-invoke-${randomBytes(8).toString("hex")}`);
  makeServiceFolder(home);
  const reaper = createReaper(options.executable, options.files.reaper, home);
  signal.addEventListener("abort", () => reaper.dispose());
  const logs = new LogStore();
  const { executable, env, now, onFound } = options;
  const discovery = { codeLayoutOf, env, executable, temp: home };
  const listener = { onState: (state: LocalState) => problems.update(state), onFound };
  const catalog = new FunctionCatalog(listener, signal, discovery);
  const entries: WorkspaceFunctions["entries"] = (asked) => catalog.entries(asked);
  const machine = { platform: process.platform, home, reaper };
  const runner = createRunner({ ...options, ...machine, workspace: () => workspace });
  const problems = new RuntimeProblems({ runner, entries, onState: options.onState, signal });
  const { credentials = async () => undefined } = options;
  const host = { reaper, logs, homes: join(home, HOMES), env, now, credentials };
  const pool = new Pool({ ...options.config, host, runner, signal });
  return {
    logs,
    home,
    entries,
    check: ({ fn }) => pool.check(catalog.confine(fn)),
    async run(entry, invocation) {
      const { fn } = entry;
      const revision = await catalog.revisionOf(entry);
      const result = await pool.invoke(catalog.confine(fn), invocation, revision + profileChanges);
      problems.noteRun(fn.name);
      return result;
    },
    async debug(functionName, debugSignal) {
      const entry = (await entries(debugSignal)).get(functionName);
      if (!entry) throw new Error(`${functionName} is no longer declared in a template of the workspace.`);
      return pool.debug(catalog.confine(entry.fn), debugSignal);
    },
    setWorkspace(next) {
      // Their sum only increases, so a sandbox with other credentials is replaced like one with older code.
      if (next.profile !== workspace.profile) profileChanges += 1;
      workspace = next;
      catalog.setWorkspace(next);
      // The interpreter is one of the settings, so functions may run now although no template changed.
      problems.check();
    },
    checkRuntimes: () => problems.check(),
  };
}
