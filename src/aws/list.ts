import { type FunctionConfiguration, type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import type { FunctionSummary } from "../core/functions/functionSummary.ts";
import { ListingError } from "../core/functions/listing.ts";
import { toListingProblem } from "../core/functions/listingProblems.ts";
import type { Failure } from "../core/invocation/reply.ts";

/** Options of a list. */
interface ListOptions {
  marker: string | undefined;
  failed: (error: unknown) => Promise<Failure>;
}

/**
 * ListFunctions, page by page on demand. Throws a `ListingError` with the marker at which a throttled list continues.
 */
export async function* listFunctions(
  prepare: () => Promise<LambdaClient>,
  signal: AbortSignal,
  { marker, failed }: ListOptions,
): AsyncGenerator<readonly FunctionSummary[]> {
  let reached = marker;
  try {
    // Some emulators return the same marker forever.
    const options = { client: await prepare(), startingToken: marker, stopOnSameToken: true };
    for await (const page of paginateListFunctions(options, {}, { abortSignal: signal })) {
      reached = page.NextMarker;
      yield (page.Functions ?? []).flatMap(toSummary);
    }
  } catch (error) {
    throw new ListingError(toListingProblem(await failed(error), reached), { cause: error });
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
      ...given("durable", durableOf(found)),
    },
  ];
}

function durableOf({ DurableConfig: config }: FunctionConfiguration): FunctionSummary["durable"] {
  return config && { retentionDays: config.RetentionPeriodInDays };
}

function given<K extends keyof FunctionSummary>(
  key: K,
  value: FunctionSummary[K] | undefined,
): Pick<FunctionSummary, K> | object {
  return value === undefined ? {} : { [key]: value };
}
