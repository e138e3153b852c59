import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FunctionCredentials } from "../contract/workspace.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { newLogStreamName } from "../model/identity.ts";
import type { LogStore } from "../logs/logStore.ts";
import { CannotRun, type RuntimePlan } from "../runtime/shared/runtime.ts";
import type { DebugPort } from "./debugPort.ts";
import { sandboxEnvironment } from "./environment.ts";
import { withExecWrapper } from "./execWrapper.ts";
import { SandboxEvents } from "./sandboxEvents.ts";
import { InvocationLog } from "./invocationLog.ts";
import { startProcess, type ProcessPlan, type SandboxProcess } from "./process.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { serveRuntime } from "./runtimeApi.ts";
import { Sandbox } from "./sandbox.ts";
import type { LogEvent } from "../logs/logEvent.ts";

/** What sandboxes use of the service. */
export interface SandboxHost {
  reaper: Reaper;
  logs: LogStore;
  /** The service's own environment, of which sandboxes get a few variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** The folder for the sandboxes' home folders. */
  homes: string;
  /** The credentials that functions get. Rejects where they're unavailable. */
  credentials: () => Promise<FunctionCredentials | undefined>;
  /** ms since 1970 */
  now: () => number;
}

/** The largest environment of a function. Source: "Lambda quotas". */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Starts a function's process, without waiting for its initialization. With a debugger, no timeout applies. */
export async function startSandbox(
  fn: LocalFunction,
  runtime: RuntimePlan,
  host: SandboxHost,
  signal: AbortSignal,
  debugPort?: DebugPort,
): Promise<Sandbox> {
  const logStream = newLogStreamName(fn, host.now());
  const log = new InvocationLog(fn, host.logs, logStream, host.now);
  const sandboxEvents = new SandboxEvents();
  const credentials = await credentialsFor(fn, host);
  const api = await serveRuntime((message) => sandboxEvents.push(message), signal);
  const { taskRoot } = runtime;
  const home = join(host.homes, randomBytes(8).toString("hex"));
  const place = { runtimeApi: api.address, logStream, home, taskRoot, credentials };
  const env = { ...sandboxEnvironment(fn, place, host.env), ...runtime.env };
  log.initStart(runtime.version);
  const write = (line: LogEvent) => log.write(line);
  // Before the start, because the process may already run before `spawn` returns.
  const startedAt = performance.now();
  try {
    const plan = { ...withExecWrapper(fn, runtime), cwd: taskRoot, env, home };
    const process = startWithHome(plan, host, debugPort?.filter(write) ?? write);
    if (process.pid !== undefined) api.admit(process.pid);
    const timing = {
      startedAt,
      now: host.now,
      timed: !debugPort,
      expiresAt: credentials?.expiration ?? Infinity,
    };
    return new Sandbox({ fn, api, process, sandboxEvents, log, ...timing });
  } catch (error) {
    api.close();
    throw notStarted(fn, error);
  }
}

/** Starts a process with an empty home folder, which is deleted if the start fails. */
function startWithHome(
  plan: ProcessPlan,
  host: SandboxHost,
  onLine: (line: LogEvent) => void,
): SandboxProcess {
  let process: SandboxProcess | undefined;
  mkdirSync(plan.home, { recursive: true, mode: 0o700 });
  try {
    return (process = startProcess(plan, host.reaper, host.now, onLine));
  } finally {
    if (process?.pid === undefined) rmSync(plan.home, { recursive: true, force: true });
  }
}

function notStarted({ name, environment }: LocalFunction, error: unknown): CannotRun {
  if (error instanceof CannotRun) return error;
  const why = error instanceof Error ? error.message : String(error);
  const text = `The function couldn't be started: ${environmentFault(environment, why) ?? why}`;
  return new CannotRun({ subject: name, text, lacks: "code" });
}

/** What is wrong with an environment, as a sentence. */
function environmentFault(environment: LocalFunction["environment"], why: string): string | undefined {
  const variables = Object.entries(environment);
  const [broken] = variables.find((each) => each.join("").includes("\0")) ?? [];
  if (broken !== undefined)
    return `its environment variable ${JSON.stringify(broken)} contains a null character. Remove it.`;
  const bytes = variables.reduce((sum, each) => sum + Buffer.byteLength(each.join("")), 0);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return undefined;
  return `its environment variables have ${bytes} bytes, and AWS allows 4 KB (${why}).`;
}

async function credentialsFor(
  fn: LocalFunction,
  host: SandboxHost,
): Promise<FunctionCredentials | undefined> {
  try {
    return await host.credentials();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `The function couldn't be started, because there are no credentials for it. ${why}`;
    throw new CannotRun({ subject: fn.name, text, lacks: "code" });
  }
}
