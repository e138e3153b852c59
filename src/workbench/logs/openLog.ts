import { standardLogGroup } from "../../core/functions/logGroup.ts";
import type { InvokedFunction } from "../../core/invocation/invocationSpec.ts";
import { type OpenPlace, reopeningApi, type ReopeningParts } from "../invocations/reopeningApi.ts";

/** The function whose log it is, and where it is. */
export interface LoggedFunction {
  connection: string;
  function: InvokedFunction;
  /** The log group, if the list of functions has it. */
  logGroup?: string | undefined;
}

/** The API that a function's log is read by, and its log group. */
export async function openLog(
  { connection, function: fn, logGroup }: LoggedFunction,
  parts: ReopeningParts,
  signal: AbortSignal,
): Promise<OpenPlace & { logGroup: string }> {
  const { arn, name, qualifier } = fn;
  const { api, place } = await reopeningApi(connection, parts);
  const found = logGroup ?? (await api.logGroup({ name: arn ?? name, qualifier }, signal));
  return { api, place, logGroup: found ?? standardLogGroup(name) };
}
