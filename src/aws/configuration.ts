import {
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { EventPolicy, FunctionLogging, FunctionReference } from "../core/ports.ts";

/** AWS Lambda API: GetFunctionEventInvokeConfig. */
const DEFAULTS: EventPolicy = { maximumRetryAttempts: 2 };

/** GetFunctionEventInvokeConfig, with Lambda's defaults if nothing is configured. Rejects with the SDK's errors. */
export async function readEventPolicy(
  client: LambdaClient,
  fn: FunctionReference,
  signal: AbortSignal,
): Promise<EventPolicy> {
  try {
    const command = new GetFunctionEventInvokeConfigCommand(named(fn));
    const config = await client.send(command, { abortSignal: signal });
    const { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts, DestinationConfig } = config;
    const onFailure = DestinationConfig?.OnFailure?.Destination;
    return {
      maximumRetryAttempts: MaximumRetryAttempts ?? DEFAULTS.maximumRetryAttempts,
      maximumAgeMs: seconds === undefined ? undefined : seconds * 1000,
      onFailure,
    };
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return DEFAULTS;
    throw error;
  }
}

/** What GetFunctionConfiguration says of a function's log. Rejects with the SDK's errors. */
export async function readLogging(
  client: LambdaClient,
  fn: FunctionReference,
  signal: AbortSignal,
): Promise<FunctionLogging> {
  const command = new GetFunctionConfigurationCommand(named(fn));
  const { LoggingConfig, Timeout } = await client.send(command, { abortSignal: signal });
  const { LogGroup, SystemLogLevel } = LoggingConfig ?? {};
  return { logGroup: LogGroup, systemLevel: SystemLogLevel, timeoutSeconds: Timeout };
}

function named({ name, qualifier }: FunctionReference): { FunctionName: string; Qualifier?: string } {
  return { FunctionName: name, ...(qualifier === undefined ? {} : { Qualifier: qualifier }) };
}
