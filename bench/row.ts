import { type Pair, ratioOf, summarize, type Summary } from "./samples.ts";

/** One line of the table: what was measured against what, and how far apart they may be. */
export interface Row {
  what: string;
  unit: "files" | "KB" | "ms";
  ours: Summary;
  /** What it is compared with; nothing where the figure itself is what is limited. */
  against?: { what: string; summary: Summary };
  /** Ours as so many times the other's median, or of the limit's own unit. */
  figure: number;
  /** The most that the figure may be; a row without is there for context. */
  limit?: number;
  /** False where the limit is an aim that nothing fails on yet. */
  enforced: boolean;
  /** What else a reader should know, a sentence. */
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
