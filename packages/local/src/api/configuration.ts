import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type {
  ApplicationLogLevel,
  FunctionConfiguration,
  GetFunctionCommandOutput,
  GetFunctionConfigurationCommandOutput,
  LoggingConfig,
  SystemLogLevel,
} from "@aws-sdk/client-lambda";
import type { LocalFunction } from "../model/localFunction.ts";
import { functionArn, LOCAL_ACCOUNT, logGroupOf } from "../model/identity.ts";
import { findHandler } from "../model/handler.ts";
import type { ResolvedFunction } from "./functionName.ts";
import { statOf } from "../model/statOf.ts";

/** A response's body as the SDK types it, without the SDK's own members. */
type Body<Output> = Omit<Output, "$metadata">;

/** A function as in ListFunctions, which has no `State`; its ARN includes the requested qualifier. */
export function configuration(fn: LocalFunction, qualifier?: string) {
  const { deadLetterArn, layerArns, packageType = "Zip" } = fn;
  const hasVariables = Object.keys(fn.environment).length > 0;
  return {
    FunctionName: fn.name,
    FunctionArn: qualifier === undefined ? functionArn(fn.name) : `${functionArn(fn.name)}:${qualifier}`,
    Runtime: fn.runtime === "" ? undefined : (fn.runtime as FunctionConfiguration["Runtime"]),
    Role: `arn:aws:iam::${LOCAL_ACCOUNT}:role/local`,
    Handler: fn.handler === "" ? undefined : fn.handler,
    Description: fn.description ?? "",
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memorySizeMb,
    ...codeFacts(fn),
    Version: "$LATEST",
    Environment: hasVariables ? { Variables: { ...fn.environment } } : undefined,
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { TargetArn: deadLetterArn },
    TracingConfig: { Mode: fn.tracing === true ? ("Active" as const) : ("PassThrough" as const) },
    RevisionId: revisionId(fn),
    Layers: layerArns?.map((Arn) => ({ Arn })),
    PackageType: packageType,
    Architectures: fn.architectures.map((name) => (name === "arm64" ? "arm64" : "x86_64")),
    EphemeralStorage: { Size: fn.ephemeralStorageMb ?? 512 },
    SnapStart: { ApplyOn: "None" as const, OptimizationStatus: "Off" as const },
    LoggingConfig: loggingConfig(fn),
  } satisfies FunctionConfiguration;
}

/** Levels exist only in JSON format, `INFO` by default. */
function loggingConfig(fn: LocalFunction): LoggingConfig {
  const LogGroup = logGroupOf(fn);
  const { logging = {} } = fn;
  if (logging.format !== "JSON") return { LogFormat: "Text", LogGroup };
  const { applicationLevel = "INFO", systemLevel = "INFO" } = logging;
  return {
    LogFormat: "JSON",
    ApplicationLogLevel: applicationLevel as ApplicationLogLevel,
    SystemLogLevel: systemLevel as SystemLogLevel,
    LogGroup,
  };
}

/** A function as in GetFunctionConfiguration. */
export function fullConfiguration({ entry, qualifier }: ResolvedFunction) {
  return {
    ...configuration(entry.fn, qualifier),
    State: "Active" as const,
    LastUpdateStatus: "Successful" as const,
  } satisfies Body<GetFunctionConfigurationCommandOutput>;
}

/** A function as in GetFunction; the code's location is its folder in the workspace. */
export function functionDetails(target: ResolvedFunction) {
  const { fn } = target.entry;
  return {
    Configuration: fullConfiguration(target),
    Code: { RepositoryType: "Local", Location: pathToFileURL(fn.codeRoot).href },
    Tags: Object.keys(fn.tags).length > 0 ? { ...fn.tags } : undefined,
    Concurrency:
      fn.reservedConcurrency === undefined
        ? undefined
        : { ReservedConcurrentExecutions: fn.reservedConcurrency },
  } satisfies Body<GetFunctionCommandOutput>;
}

/** Size and time of the handler's file, because there's no deployment package. */
function codeFacts(fn: LocalFunction) {
  const file = findHandler(fn)?.path ?? fn.place.file;
  const stats = statOf(file);
  const modified = stats?.mtime ?? new Date(0);
  return { CodeSize: stats?.size ?? 0, LastModified: modified.toISOString().replace("Z", "+0000") };
}

/** Changes with the declaration. */
export function revisionId(fn: LocalFunction): string {
  const hash = createHash("sha256").update(JSON.stringify(fn)).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
