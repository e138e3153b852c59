import { type Line, Rounding, total } from "./total";

interface Invoice {
  number: string;
  lines: Line[];
  rounding?: Rounding;
}

/** Adds up an invoice. There's nothing to install or build first. */
export const handler = async ({ number, lines, rounding = Rounding.Cent }: Invoice) => {
  console.info(`Invoice ${number} has ${lines.length} lines`);
  return { number, total: total(lines, rounding), rounding };
};
