import type { Connection } from "./connection.ts";
import type { FunctionSummary } from "./function.ts";
import type { InvokeCall, Reply } from "./reply.ts";

/** What the product needs of the Lambda API, at one connection. */
export interface LambdaApi {
  /**
   * ListFunctions, a page at a time; the next page is asked for only when the consumer asks. With the marker of a
   * throttled list it goes on there. Throws a `ListingError`.
   */
  listFunctions(signal: AbortSignal, marker?: string): AsyncIterable<readonly FunctionSummary[]>;
  /** Sends one Invoke request, at most once, and resolves to what came of it; never throws. */
  send(call: InvokeCall, signal: AbortSignal): Promise<Reply>;
  /** FilterLogEvents: the lines that match, in order; none where the group is not there yet. Throws a `UserError`. */
  searchLog(query: LogQuery, signal: AbortSignal): Promise<readonly LogLine[]>;
  /** GetFunctionEventInvokeConfig: Lambda's defaults where nothing is configured; undefined where it cannot be read. */
  eventPolicy(fn: FunctionReference, signal: AbortSignal): Promise<EventPolicy | undefined>;
  /** The log group that GetFunctionConfiguration names; undefined where it cannot be read. */
  logGroup(fn: FunctionReference, signal: AbortSignal): Promise<string | undefined>;
}

/** A function as a request names it. */
export interface FunctionReference {
  /** Its name or ARN. */
  name: string;
  qualifier?: string;
}

/** What Lambda does with events that a function fails with. */
export interface EventPolicy {
  /** 0 to 2 */
  maximumRetryAttempts: number;
  /** The ARN of where an event goes that is given up. */
  onFailure?: string;
}

/** Which lines of a log are wanted. */
export interface LogQuery {
  logGroup: string;
  /** One stream of the group only. */
  stream?: string;
  /** Only lines that have this text. */
  text?: string;
  /** Milliseconds since the epoch. */
  sinceMs: number;
  untilMs?: number;
}

/** A line of a log, or several that were written at once. */
export interface LogLine {
  id: string;
  stream: string;
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Opens the API at a connection; the SDK is loaded on the first call. */
export interface LambdaGateway {
  open(connection: Connection, signal: AbortSignal): Promise<LambdaApi>;
  /** The profiles of this machine's shared AWS configuration files. */
  profiles(): Promise<readonly AwsProfile[]>;
  /** The credentials of such a profile as they are now. Rejects with a `UserError`. */
  credentials(profile: string): Promise<FunctionCredentials>;
  dispose(): void;
}

/** A profile of the shared AWS configuration files, or of the environment. */
export interface AwsProfile {
  name: string;
  region?: string;
}

/** Where the local Lambda service listens, and the key pair it accepts for as long as it runs. */
export interface LocalAddress {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** A place in a workspace file; lines and columns count from 0. */
export interface SourcePlace {
  file: string;
  line: number;
  column: number;
}

/** What the local service knows of the workspace beside what the Lambda API can say. */
export interface LocalState {
  /** Where each function is declared, by function name. */
  places: Readonly<Record<string, SourcePlace>>;
  /** What could not be listed or run, a sentence each, that says what to do. */
  problems: readonly LocalProblem[];
}

/** What could not be listed or run: a sentence that says what to do, and where. */
export interface LocalProblem {
  message: string;
  place?: SourcePlace;
  /** A shell command that mends it. */
  command?: string;
}

/** The local Lambda service as the rest of the extension sees it: a process started on first use. */
export interface LocalService {
  /** Starts the service where it does not run yet. Rejects with a `UserError` where it cannot start. */
  address(signal: AbortSignal): Promise<LocalAddress>;
  /** Tells the service what the workspace is now. */
  setWorkspace(workspace: LocalWorkspace): void;
  /**
   * Starts a process that waits for a debugger, and runs the function's next invocation in it, whatever time that
   * takes. It ends after that, or at the signal, also after this has resolved. Rejects with a `UserError`.
   */
  debug(functionName: string, signal: AbortSignal): Promise<DebugTarget>;
  /** Whether accepted events of an earlier run wait for the service to start; it is not started for the look. */
  hasPendingEvents(signal: AbortSignal): Promise<boolean>;
  dispose(): void;
}

/** An event that the local service had accepted before it ended, and that it runs now. */
export interface ResumedEvent {
  requestId: string;
  functionName: string;
  logGroup: string;
  /** Milliseconds since the epoch. */
  acceptedAtMs: number;
  /** How often the function has failed with it. */
  failures: number;
}

/** A function's process that a debugger may attach to. */
export type DebugTarget = NodeDebugTarget | PythonDebugTarget;

interface DebugAddress {
  host: string;
  port: number;
  /** The folder of the function's code: as the workspace has it, and as its process sees it. Absolute paths. */
  localRoot: string;
  remoteRoot: string;
}

/** A Node.js process. It begins when the debugger says that it is ready, and makes no stop of its own. */
export interface NodeDebugTarget extends DebugAddress {
  debugger: "node";
  /** Globs of what was built from the workspace's sources, with source maps beside it. */
  outFiles: readonly string[];
  /** Globs of what is not the person's: AWS's runtime client and what starts it. */
  skipFiles: readonly string[];
}

/** A Python process that listens with debugpy. It begins when the debugger says that it is ready. */
export interface PythonDebugTarget extends DebugAddress {
  debugger: "python";
}

/** What functions of Local sign their own calls with. */
export interface FunctionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they end, in ms since 1970. */
  expiration?: number;
  /** The region that functions call, in place of Local's. */
  region?: string;
}

/** What of the workspace matters to the local service. */
export interface LocalWorkspace {
  /** Absolute paths. */
  folders: readonly string[];
  /** Where it is false, nothing is looked for and nothing runs. */
  trusted: boolean;
  /** The Python interpreter that the person chose; a venv of the workspace and `PATH` are searched otherwise. */
  pythonPath?: string;
  /** A folder that holds debugpy, where the interpreter has none of its own. */
  debugpyPath?: string;
  /** The AWS profile whose credentials functions are to have; those that run without or with another end. */
  profile?: string;
  /** A file of variables for every function, relative to each folder; a function's own come first. */
  envFile?: string;
  /** A template may name files outside of the workspace's folders. */
  outsideAllowed?: boolean;
}
