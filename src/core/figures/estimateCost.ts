import {
  type Architecture,
  FREE_STREAMED_BYTES,
  GB_SECOND,
  PRICES_AS_OF,
  REGIONS,
  REQUEST,
  STREAMED_GB,
  STREAMING_REGIONS,
} from "./prices.ts";

/** What an execution costs, as far as its report and public prices tell; tiers and discounts are left out. */
export interface CostEstimate {
  usd: number;
  /** The month of the prices: `2025-08`. */
  pricesAsOf: string;
}

/** What is billed of an execution, as its report says. */
export interface BilledExecution {
  billedDurationMs: number;
  memorySizeMb: number;
  /** Of a SnapStart snapshot. */
  restoreDurationMs?: number;
}

/** What a function's price depends on, beside its executions. */
export interface PriceFactors {
  region: string;
  architecture: Architecture;
}

/** Undefined for what has no price here: an unknown region, a restored snapshot, which is billed in another way. */
export function estimateCost(
  report: BilledExecution,
  { region, architecture }: PriceFactors,
  streamedBytes = 0,
): CostEstimate | undefined {
  const paidBytes = Math.max(0, streamedBytes - FREE_STREAMED_BYTES);
  if (!REGIONS.has(region) || report.restoreDurationMs !== undefined) return undefined;
  if (paidBytes > 0 && !STREAMING_REGIONS.has(region)) return undefined;
  const gbSeconds = (report.billedDurationMs / 1000) * (report.memorySizeMb / 1024);
  const streamed = (paidBytes / 1024 ** 3) * STREAMED_GB;
  return { usd: gbSeconds * GB_SECOND[architecture] + REQUEST + streamed, pricesAsOf: PRICES_AS_OF };
}

/** The region that an ARN of a function names, if it's one of AWS's accounts: emulators have made-up ones. */
export function priceFactors(
  arn: string,
  architectures: readonly string[] | undefined,
): PriceFactors | undefined {
  const [, region, account] = /^arn:aws:lambda:([\w-]+):(\d{12}):function:/.exec(arn) ?? [];
  const [architecture = "x86_64"] = architectures ?? [];
  if (region === undefined || account === "000000000000") return undefined;
  return architecture === "x86_64" || architecture === "arm64" ? { region, architecture } : undefined;
}

/** `about $0.0000021 (estimate, prices of 2025-08)`. */
export function formatCost({ usd, pricesAsOf }: CostEstimate): string {
  const digits = Math.max(2, 1 - Math.floor(Math.log10(usd)));
  return `about $${usd.toFixed(digits)} (estimate, prices of ${pricesAsOf})`;
}
