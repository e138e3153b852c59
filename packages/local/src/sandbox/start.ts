import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FunctionCredentials } from "../contract/workspace.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { newLogStreamName } from "../model/identity.ts";
import type { LogStore } from "../logs/logStore.ts";
import { CannotRun, type RuntimePlan } from "../runtime/plan.ts";
import type { DebugPort } from "./debugPort.ts";
import { sandboxEnvironment } from "./environment.ts";
import { SandboxEvents } from "./sandboxEvents.ts";
import { InvocationLog } from "./invocationLog.ts";
import { startProcess, type ProcessPlan, type SandboxProcess } from "./process.ts";
import type { Reaper } from "../process/reaperClient.ts";
import { serveRuntime } from "./runtimeApi.ts";
import { Sandbox } from "./sandbox.ts";
import type { LogEvent } from "../logs/logEvent.ts";

/** What every sandbox needs of the service. */
export interface SandboxHost {
  reaper: Reaper;
  logs: LogStore;
  /** The service's own environment, of which a sandbox gets a few variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** The folder that sandboxes have their home folders in. */
  homes: string;
  /** What functions sign their own calls with. Rejects where it cannot be had. */
  credentials: () => Promise<FunctionCredentials | undefined>;
  /** ms since 1970 */
  now: () => number;
}

/** The most that the environment variables of a function take, in bytes. Source: "Lambda quotas". */
const environmentLimit = 4096;

/** Starts a function's process; its initialisation goes on while this returns. Time does not count where it is debugged. */
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
  const { executable, args, taskRoot } = runtime;
  const home = join(host.homes, randomBytes(8).toString("hex"));
  const place = { runtimeApi: api.address, logStream, home, taskRoot, credentials };
  const env = { ...sandboxEnvironment(fn, place, host.env), ...runtime.env };
  log.initStart(runtime.version);
  const write = (line: LogEvent) => log.write(line);
  // Before: starting a process takes its time, in which on a busy machine the new one may already run.
  const startedAt = performance.now();
  try {
    const plan = { executable, args, cwd: taskRoot, env, home };
    const process = startAtHome(plan, host, debugPort?.filter(write) ?? write);
    if (process.pid !== undefined) api.admit(process.pid);
    const timing = {
      startedAt,
      now: host.now,
      timed: !debugPort,
      until: credentials?.expiration ?? Infinity,
    };
    return new Sandbox({ fn, api, process, sandboxEvents, log, ...timing });
  } catch (error) {
    api.close();
    throw notStarted(fn, error);
  }
}

/** Starts a process with an empty home; where there is none, for whatever reason, no home is left either. */
function startAtHome(plan: ProcessPlan, host: SandboxHost, onLine: (line: LogEvent) => void): SandboxProcess {
  let process: SandboxProcess | undefined;
  mkdirSync(plan.home, { recursive: true, mode: 0o700 });
  try {
    return (process = startProcess(plan, host.reaper, host.now, onLine));
  } finally {
    if (process?.pid === undefined) rmSync(plan.home, { recursive: true, force: true });
  }
}

function notStarted({ name, environment }: LocalFunction, error: unknown): CannotRun {
  const why = error instanceof Error ? error.message : String(error);
  return new CannotRun(`${name} was not started: ${faultOf(environment, why) ?? why}`, "code");
}

/** What of an environment a process cannot be started with. */
function faultOf(environment: LocalFunction["environment"], why: string): string | undefined {
  const variables = Object.entries(environment);
  const [broken] = variables.find((each) => each.join("").includes("\0")) ?? [];
  if (broken !== undefined)
    return `the environment variable ${JSON.stringify(broken)} has a null character, which none may have.`;
  const bytes = variables.reduce((sum, each) => sum + Buffer.byteLength(each.join("")), 0);
  if (bytes <= environmentLimit) return undefined;
  return `its environment variables take ${bytes} bytes, and AWS allows 4 KB of them (${why}).`;
}

async function credentialsFor(
  fn: LocalFunction,
  host: SandboxHost,
): Promise<FunctionCredentials | undefined> {
  try {
    return await host.credentials();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CannotRun(
      `${fn.name} was not started, for want of the credentials that functions are to have: ${why}`,
      "code",
    );
  }
}
