import { type FunctionConfiguration, type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { ListingError } from "../core/functions/listing.ts";
import { toListingProblem } from "../core/functions/listingProblems.ts";
import { toFailure } from "./failure.ts";
import type { FunctionSummary } from "../core/functions/functionSummary.ts";
import type { Failure } from "../core/invocation/reply.ts";

/**
 * ListFunctions from a marker on, a page at a time, the next asked for only when it is wanted. Throws a `ListingError`
 * that knows where a throttled list goes on; `onFailure` is told first.
 */
export async function* listPages(
  client: LambdaClient,
  signal: AbortSignal,
  { marker, onFailure }: { marker?: string; onFailure: (failure: Failure) => void },
): AsyncGenerator<readonly FunctionSummary[]> {
  let reached = marker;
  // Emulators have been seen to give the same marker for ever.
  const options = { client, startingToken: marker, stopOnSameToken: true };
  try {
    for await (const page of paginateListFunctions(options, {}, { abortSignal: signal })) {
      reached = page.NextMarker;
      yield (page.Functions ?? []).flatMap(toSummary);
    }
  } catch (error) {
    const failure = toFailure(error, true);
    onFailure(failure);
    throw new ListingError(toListingProblem(failure, reached), { cause: error });
  }
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
