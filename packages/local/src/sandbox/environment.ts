import type { FunctionCredentials } from "../contract/workspace.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { layerEnvironment } from "../runtime/layers.ts";
import { LOCAL_REGION, logGroupOf } from "../model/identity.ts";
import { sandboxMark } from "../process/kill.ts";

/** Of the person's own environment a function sees only what a process needs to run at all. */
const passedThrough = [
  "PATH",
  "TMPDIR",
  "TMP",
  "TEMP",
  "SystemRoot",
  "SystemDrive",
  "windir",
  "ComSpec",
  "PATHEXT",
];

/** What belongs to one sandbox. */
export interface SandboxPlace {
  /** `127.0.0.1:<port>` */
  runtimeApi: string;
  logStream: string;
  /** The folder of the code. */
  taskRoot: string;
  credentials: FunctionCredentials | undefined;
  /** An empty folder of its own in place of the person's home, so that no library finds their credentials there. */
  home: string;
}

/**
 * The environment of a sandbox: Lambda's own variables, the function's, and nothing else of the person's than `PATH` and the like.
 * Source: "Defined runtime environment variables" of the Lambda developer guide.
 */
export function sandboxEnvironment(
  fn: LocalFunction,
  place: SandboxPlace,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const given = { ...inherited(own), ...isolation(place.home), ...fn.environment };
  return {
    ...given,
    ...layerEnvironment(fn.layers ?? [], place.taskRoot, given),
    ...lambdaVariables(fn, place),
    ...logging(fn),
    ...credentialVariables(place.credentials),
    [sandboxMark]: place.home,
  };
}

function inherited(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passedThrough) {
    const value = own[name];
    if (value !== undefined) kept[name] = value;
  }
  // In the extension host the executable is Electron, which is Node.js only where this says so.
  if (own["ELECTRON_RUN_AS_NODE"] !== undefined) kept["ELECTRON_RUN_AS_NODE"] = "1";
  return kept;
}

function isolation(home: string): Record<string, string> {
  return { HOME: home, USERPROFILE: home, AWS_EC2_METADATA_DISABLED: "true" };
}

function lambdaVariables(fn: LocalFunction, place: SandboxPlace): Record<string, string> {
  return {
    LANG: "en_US.UTF-8",
    TZ: fn.environment["TZ"] ?? ":UTC",
    _HANDLER: fn.handler,
    LAMBDA_TASK_ROOT: place.taskRoot,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_REGION: place.credentials?.region ?? LOCAL_REGION,
    AWS_DEFAULT_REGION: place.credentials?.region ?? LOCAL_REGION,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn),
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    _LAMBDA_TELEMETRY_LOG_FD: "3",
  };
}

function logging({ logging = {} }: LocalFunction): Record<string, string> {
  return {
    AWS_LAMBDA_LOG_FORMAT: logging.format ?? "Text",
    ...(logging.applicationLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }),
  };
}

function credentialVariables(credentials: FunctionCredentials | undefined): Record<string, string> {
  if (!credentials) return {};
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}
