/** The setting in kilobytes, as package.json bounds it. */
const LIMIT_KB = { min: 1, max: 4096, standard: 256 } as const;

/** How many characters of a response the panel shows: a setting out of range is moved into it, and one that's no number isn't used. */
export function responseLimitOf(kilobytes: unknown): number {
  const isNumber = typeof kilobytes === "number" && !Number.isNaN(kilobytes);
  const { min, max, standard } = LIMIT_KB;
  return Math.round((isNumber ? Math.min(Math.max(kilobytes, min), max) : standard) * 1024);
}
