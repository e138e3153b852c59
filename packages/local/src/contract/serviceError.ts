/** An error of the service. The message is shown to the user: what happened, to what, and what to do. */
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
