/** The summary of a series of measurements, in milliseconds by default. */
export interface Summary {
  count: number;
  min: number;
  median: number;
  max: number;
}

/** Two alternating series, the measured one and the one it's compared with. */
export interface Pair {
  ours: readonly number[];
  bare: readonly number[];
}

/** The minimum, median and maximum of a series. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? Number.NaN;
  return {
    count: sorted.length,
    min: sorted[0] ?? Number.NaN,
    median: (lower + upper) / 2,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** The ratio of the medians. */
export function ratioOf({ ours, bare }: Pair): number {
  return summarize(ours).median / summarize(bare).median;
}

/** Measures two things alternately, in changing order, with a pause before each. */
export async function measureInTurn(
  turns: number,
  ours: (turn: number) => Promise<number>,
  bare: (turn: number) => Promise<number>,
  pause: () => Promise<unknown>,
): Promise<{ ours: number[]; bare: number[] }> {
  const measured = { ours: [] as number[], bare: [] as number[] };
  const steps = [
    async (turn: number) => measured.ours.push(await ours(turn)),
    async (turn: number) => measured.bare.push(await bare(turn)),
  ];
  for (let turn = 0; turn < turns; turn++) {
    for (const step of turn % 2 === 0 ? steps : steps.toReversed()) {
      await pause();
      await step(turn);
    }
  }
  return measured;
}

/** How long the work takes, in milliseconds. */
export async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
