export interface Line {
  price: number;
  quantity: number;
}

export enum Rounding {
  Cent = "cent",
  Whole = "whole",
}

export function total(lines: readonly Line[], rounding: Rounding): number {
  const sum = lines.reduce((part, { price, quantity }) => part + price * quantity, 0);
  const step = rounding === Rounding.Whole ? 1 : 100;
  return Math.round(sum * step) / step;
}
