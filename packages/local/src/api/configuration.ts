import { createHash } from "node:crypto";
import { statSync } from "node:fs";
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
import { functionArn, localAccount, logGroupOf } from "../model/identity.ts";
import { handlerFile } from "../model/codeStamp.ts";
import type { Target } from "./functionName.ts";

/** A response's body: what the SDK's type says, without what the SDK adds. */
type Body<Output> = Omit<Output, "$metadata">;

/** A function as ListFunctions describes it, `State` left out as there; its ARN has the qualifier that was asked for. */
export function configuration(fn: LocalFunction, qualifier?: string) {
  const { deadLetterArn, layerArns, packageType = "Zip" } = fn;
  const variables =
    Object.keys(fn.environment).length > 0 ? { Environment: { Variables: { ...fn.environment } } } : {};
  return {
    FunctionName: fn.name,
    FunctionArn: qualifier === undefined ? functionArn(fn.name) : `${functionArn(fn.name)}:${qualifier}`,
    ...(fn.runtime !== "" && { Runtime: fn.runtime as NonNullable<FunctionConfiguration["Runtime"]> }),
    Role: `arn:aws:iam::${localAccount}:role/local`,
    ...(fn.handler !== "" && { Handler: fn.handler }),
    Description: fn.description ?? "",
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memorySizeMb,
    ...codeFacts(fn),
    Version: "$LATEST",
    ...variables,
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: deadLetterArn } }),
    TracingConfig: { Mode: fn.tracing === true ? ("Active" as const) : ("PassThrough" as const) },
    RevisionId: revisionId(fn),
    ...(layerArns && { Layers: layerArns.map((Arn) => ({ Arn })) }),
    PackageType: packageType,
    Architectures: fn.architectures.map((name) => (name === "arm64" ? "arm64" : "x86_64")),
    EphemeralStorage: { Size: fn.ephemeralStorageMb ?? 512 },
    SnapStart: { ApplyOn: "None" as const, OptimizationStatus: "Off" as const },
    LoggingConfig: loggingConfig(fn),
  } satisfies FunctionConfiguration;
}

/** In JSON there are levels, `INFO` by default; in text there are none. */
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

/** A function as GetFunctionConfiguration describes it. */
export function fullConfiguration({ entry, qualifier }: Target) {
  return {
    ...configuration(entry.fn, qualifier),
    State: "Active" as const,
    LastUpdateStatus: "Successful" as const,
  } satisfies Body<GetFunctionConfigurationCommandOutput>;
}

/** A function as GetFunction describes it; its code is where the workspace has it. */
export function functionDetails(target: Target) {
  const { fn } = target.entry;
  const tags = Object.keys(fn.tags).length > 0 ? { Tags: { ...fn.tags } } : {};
  return {
    Configuration: fullConfiguration(target),
    Code: { RepositoryType: "Local", Location: pathToFileURL(fn.codeRoot).href },
    ...tags,
    ...(fn.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency },
    }),
  } satisfies Body<GetFunctionCommandOutput>;
}

/** Size and time of the handler's file stand for those of the package, which there is none of. */
function codeFacts(fn: LocalFunction) {
  const file = handlerFile(fn) ?? fn.place.file;
  const stats = statSync(file, { throwIfNoEntry: false });
  const modified = stats?.mtime ?? new Date(0);
  return { CodeSize: stats?.size ?? 0, LastModified: modified.toISOString().replace("Z", "+0000") };
}

/** Changes with the declaration. */
export function revisionId(fn: LocalFunction): string {
  const hash = createHash("sha256").update(JSON.stringify(fn)).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
