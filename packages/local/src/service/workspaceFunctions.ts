import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugTarget } from "../contract/debugTarget.ts";
import type { LocalState } from "../contract/state.ts";
import type { FunctionCredentials, LocalWorkspace } from "../contract/workspace.ts";
import { FunctionCatalog, type CatalogEntry } from "../discovery/catalog/functionCatalog.ts";
import { LogStore } from "../logs/logStore.ts";
import type { RuntimeFiles } from "../runtime/plan.ts";
import { RuntimeProblems } from "../runtime/runtimeProblems.ts";
import { createRuntimes } from "../runtime/runtimes.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import { Pool, type PoolOptions } from "../sandbox/pool.ts";
import { createReaper } from "../process/reaperClient.ts";

export interface FunctionsOptions {
  workspace: LocalWorkspace;
  config: Pick<PoolOptions, "idleMs" | "maxSandboxes">;
  files: RuntimeFiles;
  /** The Node.js that runs functions. */
  executable: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What functions sign their own calls with; asked before each start of a sandbox. */
  credentials?: () => Promise<FunctionCredentials | undefined>;
  /** ms since 1970 */
  now: () => number;
  onState: (state: LocalState) => void;
}

/** The functions of the workspace: known, run, and their logs kept. */
export interface WorkspaceFunctions {
  logs: LogStore;
  /** A folder that goes with the service. */
  home: string;
  /** Those that the templates declare now, by name. */
  entries: (signal: AbortSignal) => Promise<ReadonlyMap<string, CatalogEntry>>;
  /** Throws the `ApiError` that `run` would, as far as that is known before. */
  check: (entry: CatalogEntry) => Promise<void>;
  /** Runs a function once. Throws an `ApiError` where it may not start. */
  run: (entry: CatalogEntry, invocation: Invocation) => Promise<InvocationResult>;
  /** Starts a sandbox for the function's next invocation that a debugger may attach to; the signal ends it. */
  debug: (functionName: string, signal: AbortSignal) => Promise<DebugTarget>;
  setWorkspace: (workspace: LocalWorkspace) => void;
}

/** Runs functions, of the workspace once it is set, until the signal, which ends every process of theirs. */
export function createFunctions(options: FunctionsOptions, signal: AbortSignal): WorkspaceFunctions {
  let { workspace } = options;
  let profiles = 0;
  // Debuggers compare paths as they are written: no link in it.
  const home = join(realpathSync(tmpdir()), `lambda-invoke-${randomBytes(8).toString("hex")}`);
  const reaper = createReaper(options.executable, options.files.reaper, home);
  signal.addEventListener("abort", () => reaper.dispose());
  const logs = new LogStore();
  const catalog = new FunctionCatalog((state) => problems.take(state), signal, {
    env: options.env,
    executable: options.executable,
    temp: home,
  });
  const entries: WorkspaceFunctions["entries"] = (asked) => catalog.entries(asked);
  const settings = () => workspace;
  const runtimes = createRuntimes({ ...options, platform: process.platform, home, reaper, settings });
  const problems = new RuntimeProblems({ runtimes, entries, onState: options.onState, signal });
  const { credentials = async () => undefined, env, now } = options;
  const host = { reaper, logs, homes: join(home, "homes"), env, now, credentials };
  const pool = new Pool({ ...options.config, host, runtimes, signal });
  return {
    logs,
    home,
    entries,
    check: ({ fn }) => pool.check(catalog.confine(fn)),
    async run(entry, invocation) {
      const result = await pool.invoke(catalog.confine(entry.fn), invocation, entry.revision + profiles);
      problems.noteRun(entry.fn.name);
      return result;
    },
    async debug(functionName, debugSignal) {
      const entry = (await entries(debugSignal)).get(functionName);
      if (!entry) throw new Error(`No template of the workspace declares ${functionName} any more.`);
      return pool.debug(catalog.confine(entry.fn), debugSignal);
    },
    setWorkspace(next) {
      // Both only ever grow: a sandbox that has other credentials is as one that runs older code.
      if (next.profile !== workspace.profile) profiles += 1;
      workspace = next;
      catalog.setWorkspace(next);
      // Also where templates say the same as before: the settings say which interpreter runs them.
      problems.look();
    },
  };
}
