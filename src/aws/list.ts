import { type FunctionConfiguration, type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import type { FunctionSummary } from "../core/functions/functionSummary.ts";

/** A page of functions, and the marker of the next where there is one. */
interface FunctionPage {
  functions: readonly FunctionSummary[];
  next?: string;
}

/** ListFunctions from a marker on, a page at a time, the next asked for only when it is wanted; throws what the SDK throws. */
export async function* listPages(
  client: LambdaClient,
  signal: AbortSignal,
  marker: string | undefined,
): AsyncGenerator<FunctionPage> {
  // Emulators have been seen to give the same marker for ever.
  const options = { client, startingToken: marker, stopOnSameToken: true };
  for await (const page of paginateListFunctions(options, {}, { abortSignal: signal }))
    yield { functions: (page.Functions ?? []).flatMap(toSummary), next: page.NextMarker };
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
