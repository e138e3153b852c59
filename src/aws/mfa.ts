/**
 * Asks the user for the one-time code of an MFA device, until the signal is aborted. `profile` is the one that calls are
 * made with, undefined where none was named. Resolves to undefined where they close the prompt.
 */
export type AskMfaCode = (
  device: string,
  profile: string | undefined,
  signal: AbortSignal,
) => Promise<string | undefined>;
