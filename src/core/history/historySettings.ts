import type { HistoryLimits } from "./mergeHistory.ts";

/** The range and default of each limit, as package.json has them. */
const RANGES = {
  count: { max: 10_000, standard: 500 },
  maxAgeDays: { max: 3650, standard: 90 },
  maxSizeMb: { max: 10_000, standard: 100 },
} as const;

/** The values of the settings that limit the history. */
export type LimitSettings = Readonly<Record<keyof typeof RANGES, unknown>>;

/** The limits of the history: a setting out of its range is moved into it, and one that isn't a number isn't used. */
export function historyLimitsOf(settings: LimitSettings): HistoryLimits {
  return {
    count: Math.round(numberOf("count", settings)),
    ageMs: numberOf("maxAgeDays", settings) * 24 * 60 * 60 * 1000,
    bytes: numberOf("maxSizeMb", settings) * 1024 * 1024,
  };
}

function numberOf(name: keyof typeof RANGES, settings: LimitSettings): number {
  const { max, standard } = RANGES[name];
  const setting = settings[name];
  if (typeof setting !== "number" || Number.isNaN(setting)) return standard;
  return Math.min(Math.max(setting, 1), max);
}

/** The setting `lambdaInvoke.history.maskedPaths`, without what isn't a path. */
export function maskedPathsOf(setting: unknown): readonly string[] {
  return Array.isArray(setting) ? setting.filter((each) => typeof each === "string" && each !== "") : [];
}
