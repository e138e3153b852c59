import { type FunctionConfiguration, type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { meaningOf } from "../core/invocation/failures.ts";
import type { FunctionSummary } from "../core/functions/functionSummary.ts";
import type { Failure } from "../core/invocation/reply.ts";
import { UserError } from "../core/userError.ts";

/** ListFunctions a page at a time, the next asked for only when it is wanted; throws what the SDK throws. */
export async function* listPages(
  client: LambdaClient,
  signal: AbortSignal,
): AsyncGenerator<readonly FunctionSummary[]> {
  const pages = paginateListFunctions({ client }, {}, { abortSignal: signal });
  for await (const page of pages) yield (page.Functions ?? []).flatMap(toSummary);
}

function toSummary(found: FunctionConfiguration): FunctionSummary[] {
  const { FunctionName: name, FunctionArn: arn } = found;
  if (name === undefined || arn === undefined) return [];
  return [
    {
      name,
      arn,
      ...given("runtime", found.Runtime),
      ...given("handler", found.Handler),
      ...given("description", found.Description === "" ? undefined : found.Description),
      ...given("memorySizeMb", found.MemorySize),
      ...given("timeoutSeconds", found.Timeout),
      ...given("codeSizeBytes", found.CodeSize),
      ...given("lastModified", found.LastModified),
      ...given("packageType", found.PackageType),
      ...given("architectures", found.Architectures),
      ...given("logGroup", found.LoggingConfig?.LogGroup),
    },
  ];
}

function given<K extends keyof FunctionSummary>(
  key: K,
  value: FunctionSummary[K] | undefined,
): Pick<FunctionSummary, K> | object {
  return value === undefined ? {} : { [key]: value };
}

/** Says why functions cannot be listed, and what to do; it is shown beneath the connection's name, in a narrow view. */
export function listingError(failure: Failure, cause: unknown): UserError {
  const said = /[.!?]$/.test(failure.message) ? failure.message : `${failure.message}.`;
  return new UserError(`${said} ${adviceFor(failure)}`, { cause });
}

/** Without a status, the call got no answer, whichever step failed. */
function adviceFor(failure: Failure): string {
  if (failure.statusCode === 403 && /AccessDenied/.test(failure.name) && !/ sts:/.test(failure.message)) {
    return "Ask for the permission lambda:ListFunctions, or choose another connection.";
  }
  const { verdict, advice } = meaningOf({ ...failure, sent: failure.statusCode !== undefined });
  return verdict === "notRun" ? advice.replace("invoke again", "refresh") : "Refresh to try again.";
}
