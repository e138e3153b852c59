// Each of these ends a hang, so that a run says what hangs; none says how fast anything has to be.

/** How long a test waits for one thing to happen before it gives up, in milliseconds. */
export const WAIT_MS = 120_000;

/** How long one test may take, in milliseconds: longer than a wait, which can say what it waited for. */
export const TEST_MS = 360_000;

/** How long all tests in VS Code's extension host may take together, in milliseconds: many times what they need. */
export const HOST_TESTS_MS = 2 * 60 * 60_000;

/** The same for a test of `--soak`, which may repeat a thing hundreds of times. */
export const SOAK_TEST_MS = 60 * 60_000;
