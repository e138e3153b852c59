/**
 * Asks the person for the one-time code of an MFA device, until the signal is aborted. Resolves to undefined where they
 * close the prompt.
 */
export type AskMfaCode = (device: string, signal: AbortSignal) => Promise<string | undefined>;
