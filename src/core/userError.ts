import type { SignIn } from "./credentials/signIn.ts";

/** An error whose message is written for a person: what happened, to what, what to do now. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** A command that mends it, offered beside the message. */
  readonly mend: Mend | undefined;
  /** A shell command that mends it. */
  readonly shell: string | undefined;
  /** The sign-in that solves it. */
  readonly signIn: SignIn | undefined;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.mend = options.mend;
    this.shell = options.shell;
    this.signIn = options.signIn;
  }
}

interface UserErrorOptions {
  cause?: unknown;
  mend?: Mend;
  shell?: string;
  signIn?: SignIn;
}

/** A button: its label, and the command it runs. */
export interface Mend {
  title: string;
  command: string;
  arguments?: readonly unknown[];
}

/** True for a `UserError` of any bundle; the lazily loaded bundles have copies of the class. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === "UserError";
}
