import {
  type Execution,
  type LambdaClient,
  paginateListDurableExecutionsByFunction,
} from "@aws-sdk/client-lambda";
import type { DurableExecution } from "../core/ports.ts";

/** ListDurableExecutionsByFunction for one name; `undefined` if there's none of it. Rejects with the SDK's errors. */
export async function readDurableExecution(
  client: LambdaClient,
  functionName: string,
  executionName: string,
  signal: AbortSignal,
): Promise<DurableExecution | undefined> {
  // Without a qualifier, those of all versions are listed: an alias may lead to another one by now.
  const input = { FunctionName: functionName, DurableExecutionName: executionName };
  const options = { client, stopOnSameToken: true };
  const pages = paginateListDurableExecutionsByFunction(options, input, { abortSignal: signal });
  for await (const { DurableExecutions = [] } of pages) {
    const found = DurableExecutions.find((each) => each.DurableExecutionName === executionName);
    if (found) return toExecution(found);
  }
  return undefined;
}

function toExecution(found: Execution): DurableExecution {
  const { DurableExecutionArn = "", EndTimestamp, StartTimestamp, Status } = found;
  return {
    arn: DurableExecutionArn,
    status: Status ?? "RUNNING",
    startedAt: StartTimestamp?.toISOString(),
    endedAt: EndTimestamp?.toISOString(),
  };
}
