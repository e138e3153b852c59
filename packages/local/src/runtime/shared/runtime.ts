import type { DebugTarget } from "../../contract/debugTarget.ts";
import { problemMessage, type ProblemFix } from "../../contract/state.ts";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import type { CodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { Reaper } from "../../process/reaperClient.ts";
import type { DebuggerAddress, ParseDebuggerLine } from "./debuggerLine.ts";

/** A family of Lambda's runtimes, such as `nodejs*`: everything that Local knows about it. */
export interface Runtime extends CodeLayout {
  /** What messages call it. */
  label: string;
  /** Whether it's the family of a runtime such as `nodejs24.x`. */
  includes(runtime: string): boolean;
  /** The folders in which it finds packages of layers, in search order; only those that exist. */
  layerFolders(layers: readonly string[], runtime: string): string[];
  /** Sets it up on this machine. */
  setUp(host: RuntimeHost): Runner;
}

/** What runtimes need of the service. */
export interface RuntimeHost {
  files: RuntimeFiles;
  /** The service's own Node.js, or Electron that runs as one. */
  executable: string;
  /** The service's own environment. */
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** A folder that's deleted with the service, for what is built. */
  home: string;
  reaper: Reaper;
  /** The workspace as it is now. */
  workspace: () => LocalWorkspace;
}

/** Files that sandboxes and the reaper run, as absolute paths. */
export interface RuntimeFiles {
  /** The folder `runtime`, with a folder for each language's scripts. */
  scripts: string;
  /** Entry points of AWS's runtime client for Node.js: version 3 takes callbacks as Lambda does up to nodejs22.x, version 4 doesn't. */
  client3: string;
  client4: string;
  /** The script of the reaper process. */
  reaper: string;
}

/** Gets functions ready to run on this machine. */
export interface Runner {
  /**
   * Rejects with the `CannotRun` of `prepare`, as far as it's known without a build. Resolves to what the function asks for
   * and doesn't get, as a sentence.
   */
  check(fn: LocalFunction, signal: AbortSignal): Promise<string | undefined>;
  /** Builds and finds what the function needs; quick where nothing has changed. Rejects with a `CannotRun`. */
  prepare(fn: LocalFunction, signal: AbortSignal): Promise<Prepared>;
}

/** A function that's ready to run. */
export interface Prepared {
  /** Changes when a running process has older code. */
  stamp: string;
  /** Called before a process starts. */
  plan(): RuntimePlan | Promise<RuntimePlan>;
  /** Rejects with a `CannotRun`. Absent where the language has no debugger here. */
  debug?(signal: AbortSignal): Promise<DebugPlan>;
}

/** The process that runs a function. */
export interface RuntimePlan {
  executable: string;
  args: readonly string[];
  /** The folder of the code, `LAMBDA_TASK_ROOT`. */
  taskRoot: string;
  /** Set in addition to Lambda's variables; undefined removes a variable. */
  env: Readonly<Record<string, string | undefined>>;
  /** What runs, for the log, e.g. `node 24.1.0`. */
  version: string;
}

/** A process that waits for a debugger. */
export interface DebugPlan {
  plan: RuntimePlan;
  /** Parses what the process writes about its debugger. */
  parseLine: ParseDebuggerLine;
  target: (address: DebuggerAddress) => DebugTarget;
}

/** Why a function can't run. */
interface Reason {
  /** The function's name. */
  subject: string;
  /** What is wrong and what to do, in sentences. */
  text: string;
  /** Whether the runtime is missing, or the function's code doesn't suit it. */
  lacks: "runtime" | "code";
  fix?: ProblemFix;
}

/** A function can't run here. */
export class CannotRun extends Error {
  readonly subject: string;
  readonly text: string;
  readonly lacks: Reason["lacks"];
  readonly fix: ProblemFix | undefined;

  constructor({ subject, text, lacks, fix }: Reason) {
    super(problemMessage({ subject, text }));
    this.subject = subject;
    this.text = text;
    this.lacks = lacks;
    this.fix = fix;
  }
}
