import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { Invoker } from "../invoking/invoker.ts";
import type { ModeComparisons } from "../output/modeComparisons.ts";

/** What comparing needs. */
interface CompareModesParts {
  comparisons: Pick<ModeComparisons, "open">;
  invoker: Pick<Invoker, "compare">;
}

/** Sends an event in both modes, and opens what came of it side by side; resolves to the two records. */
export async function compareModes(
  given: readonly unknown[],
  { comparisons, invoker }: CompareModesParts,
): Promise<readonly [InvocationRecord, InvocationRecord] | undefined> {
  const records = await invoker.compare(given);
  if (records) await comparisons.open(...records);
  return records;
}
