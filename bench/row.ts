import { type Pair, ratioOf, summarize, type Summary } from "./samples.ts";

/** A row of the table: a measurement, what it's compared with, and the limit. */
export interface Row {
  what: string;
  unit: "files" | "KB" | "MB" | "ms";
  ours: Summary;
  /** What it's compared with; absent if the limit applies to the figure itself. */
  against?: { what: string; summary: Summary };
  /** Ours as so many times the other's median, or of the limit's own unit. */
  figure: number;
  /** The limit; a row without one is for context. */
  limit?: number;
  /** False if a missed limit isn't a failure yet. */
  enforced: boolean;
  /** A note for readers, as a sentence. */
  note?: string;
}

/** A row that compares medians. */
export function ratioRow(
  what: string,
  againstWhat: string,
  pair: Pair,
  rest: Partial<Pick<Row, "limit" | "enforced" | "note">> = {},
): Row {
  return {
    what,
    unit: "ms",
    ours: summarize(pair.ours),
    against: { what: againstWhat, summary: summarize(pair.bare) },
    figure: ratioOf(pair),
    enforced: rest.limit !== undefined,
    ...rest,
  };
}

/** Whether a row is over a limit that counts. */
export function isMiss({ figure, limit, enforced }: Row): boolean {
  return enforced && limit !== undefined && !(figure <= limit);
}
