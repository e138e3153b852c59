import type { FunctionCredentials } from "../contract/workspace.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { layerEnvironment } from "../runtime/shared/layers.ts";
import { LOCAL_REGION, logGroupOf } from "../model/identity.ts";
import { SANDBOX_VARIABLE } from "../process/kill.ts";

/** The variables of the user's own environment that a function gets, because a process needs them. */
const inheritedNames = [
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

/** How programs of the user reach the network: proxies and further certificates. In either case, as programs read them. */
const networkNames =
  /^(https?_proxy|all_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|AWS_CA_BUNDLE)$/i;

/** What differs between sandboxes of a function. */
export interface SandboxSettings {
  /** `127.0.0.1:<port>` */
  runtimeApi: string;
  logStream: string;
  /** The folder of the code. */
  taskRoot: string;
  credentials: FunctionCredentials | undefined;
  /** An empty folder instead of the user's home folder, so that no library finds credentials there. */
  home: string;
}

/**
 * The environment of a sandbox: Lambda's variables, the function's, and of the user's own only `PATH` and the like.
 * Source: "Defined runtime environment variables" of the Lambda developer guide.
 */
export function sandboxEnvironment(
  fn: LocalFunction,
  settings: SandboxSettings,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const given = {
    ...inherited(own),
    ...network(own),
    ...isolation(settings.home),
    ...defaultVariables,
    ...fn.environment,
  };
  return {
    ...given,
    ...layerEnvironment(fn.layers ?? [], settings.taskRoot, given),
    ...lambdaVariables(fn, settings),
    ...logging(fn),
    ...credentialVariables(settings.credentials),
    [SANDBOX_VARIABLE]: settings.home,
  };
}

function inherited(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const name of inheritedNames) {
    const value = own[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** Without a proxy for this machine, where the Runtime API is. */
function network(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = Object.entries(own).filter((each): each is [string, string] => each[1] !== undefined);
  const variables = set.filter(([name, value]) => networkNames.test(name) && value !== "");
  if (!variables.some(([name]) => /proxy$/i.test(name))) return Object.fromEntries(variables);
  const exceptions = set.filter(([name]) => /^no_proxy$/i.test(name)).map(([, value]) => value);
  const without = [...new Set(["127.0.0.1", "localhost", ...exceptions])].filter(Boolean).join(",");
  return { ...Object.fromEntries(variables), NO_PROXY: without, no_proxy: without };
}

function isolation(home: string): Record<string, string> {
  return { HOME: home, USERPROFILE: home, AWS_EC2_METADATA_DISABLED: "true" };
}

/** What Lambda sets unless the function does. There's no X-Ray daemon, and on this address nothing leaves the machine. */
const defaultVariables = {
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
  AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
  AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
};

/** What Lambda sets, whatever the function does. */
function lambdaVariables(fn: LocalFunction, settings: SandboxSettings): Record<string, string> {
  const region = fn.region ?? settings.credentials?.region ?? LOCAL_REGION;
  return {
    _HANDLER: fn.handler,
    LAMBDA_TASK_ROOT: settings.taskRoot,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn),
    AWS_LAMBDA_LOG_STREAM_NAME: settings.logStream,
    AWS_LAMBDA_RUNTIME_API: settings.runtimeApi,
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
