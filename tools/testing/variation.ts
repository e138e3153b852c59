/** How much a test run tries, and in which variation: the runner puts both into the environment of the tests. */
export interface Variation {
  /** Where every random number of the run comes from. */
  seed: number;
  /** Run the full counts of tests that repeat themselves. */
  soak: boolean;
  /** Run files, suites and tests in an order drawn from the seed. */
  shuffle: boolean;
}

const { TEST_SEED = "1", TEST_SOAK, TEST_SHUFFLE } = process.env;

/** The variation of this run; what `npm test` does without options where nothing is set. */
export const variation: Variation = {
  seed: Number(TEST_SEED),
  soak: TEST_SOAK === "1",
  shuffle: TEST_SHUFFLE === "1",
};

/** The variation as the environment of the processes that run tests. */
export function variationEnvironment({ seed, soak, shuffle }: Variation): Record<string, string> {
  return {
    TEST_SEED: `${seed}`,
    TEST_SOAK: soak ? "1" : "0",
    TEST_SHUFFLE: shuffle ? "1" : "0",
  };
}

/** How often a test repeats itself: a few times in every run, and its full count with `--soak`. */
export function times(usual: number, soak: number): number {
  return variation.soak ? soak : usual;
}

/** What fast-check takes for a property that is tried so often. */
export function tries(usual: number, soak: number): { seed: number; numRuns: number } {
  return { seed: variation.seed, numRuns: times(usual, soak) };
}
