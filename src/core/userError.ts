import type { SignIn } from "./credentials/signIn.ts";

/** An error whose message is written for a user: what happened, to what, what to do now. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** A command that fixes it, offered beside the message. */
  readonly fix: FixAction | undefined;
  /** A shell command that fixes it. */
  readonly shell: string | undefined;
  /** The same may succeed when it is tried again later, without a user's help. */
  readonly retryable: boolean;
  /** The sign-in that solves it. */
  readonly signIn: SignIn | undefined;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.fix = options.fix;
    this.shell = options.shell;
    this.retryable = options.retryable ?? false;
    this.signIn = options.signIn;
  }
}

/** What a `UserError` may carry beside its message. */
export interface UserErrorOptions {
  cause?: unknown;
  fix?: FixAction;
  shell?: string | undefined;
  retryable?: boolean;
  signIn?: SignIn | undefined;
}

/** A button: its label, and the command it runs. */
export interface FixAction {
  title: string;
  command: string;
  arguments?: readonly unknown[];
}

/** True for a `UserError` of any bundle; the lazily loaded bundles have copies of the class. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === "UserError";
}
