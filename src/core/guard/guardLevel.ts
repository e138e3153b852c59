/** How a guarded function is kept from being invoked by accident, the mildest first. Dry runs are always sent. */
export const GUARD_LEVELS = ["confirm", "type", "dryRunOnly"] as const;

export type GuardLevel = (typeof GUARD_LEVELS)[number];

/** The level of a setting that can't be understood. */
export const STRICTEST: GuardLevel = "dryRunOnly";

/** The level that a setting names, however it's capitalized; `undefined` if it names none. */
export function readLevel(value: unknown): GuardLevel | undefined {
  if (typeof value !== "string") return undefined;
  return GUARD_LEVELS.find((level) => level.toLowerCase() === value.trim().toLowerCase());
}

/** Whether one level asks for at least as much as another. */
export function isAtLeast(level: GuardLevel, other: GuardLevel): boolean {
  return GUARD_LEVELS.indexOf(level) >= GUARD_LEVELS.indexOf(other);
}

/** What a level does, for tooltips and dialogs. */
export function describeLevel(level: GuardLevel): string {
  switch (level) {
    case "confirm":
      return "every invocation must be confirmed";
    case "type":
      return "its name must be typed before every invocation";
    case "dryRunOnly":
      return "only dry runs are sent";
  }
}
