/** What the service could not do. The message is written for a person: what happened, to what, what to do now. */
export class LocalServiceError extends Error {
  override readonly name = "LocalServiceError";
  /** A shell command that fixes it. */
  readonly command: string | undefined;
  /** Why the service couldn't start, without a final period. */
  readonly reason: string | undefined;

  constructor(message: string, options: { command?: string; reason?: string } = {}) {
    super(message);
    this.command = options.command;
    this.reason = options.reason;
  }
}
