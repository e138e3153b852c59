const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 10_000;

/** The setting `lambdaInvoke.history.limit`; its default if it isn't a number. */
export function historyLimitOf(setting: unknown): number {
  if (typeof setting !== "number" || Number.isNaN(setting)) return DEFAULT_LIMIT;
  return Math.round(Math.min(Math.max(setting, 1), MAX_LIMIT));
}

/** The setting `lambdaInvoke.history.maskedPaths`, without what isn't a path. */
export function maskedPathsOf(setting: unknown): readonly string[] {
  return Array.isArray(setting) ? setting.filter((each) => typeof each === "string" && each !== "") : [];
}
