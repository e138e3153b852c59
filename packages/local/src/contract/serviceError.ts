import type { ProblemFix } from "./state.ts";

/** An error of the service. The message is shown to the user: what happened, to what, and what to do. */
export class LocalServiceError extends Error {
  override readonly name = "LocalServiceError";
  readonly fix: ProblemFix | undefined;
  /** Why the service couldn't start, without a final period. */
  readonly reason: string | undefined;

  constructor(message: string, options: { fix?: ProblemFix | undefined; reason?: string } = {}) {
    super(message);
    this.fix = options.fix;
    this.reason = options.reason;
  }
}
