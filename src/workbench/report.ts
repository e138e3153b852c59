import { commands, type Disposable, window } from "vscode";
import { COMMANDS, OUTPUT } from "../contributions.ts";
import type { SignIn } from "../core/credentials/signIn.ts";
import { isUserError, type FixAction, type UserError } from "../core/userError.ts";
import { typeCommand } from "./terminal.ts";
import { DisposableStore } from "./disposables.ts";

/** A button beside a message. */
export interface Action {
  title: string;
  run(): unknown;
}

/** The one place where failures become messages to a user. */
export class Reporter implements Disposable {
  readonly #store = new DisposableStore();
  readonly #log = this.#store.add(window.createOutputChannel(OUTPUT.log, { log: true }));

  dispose(): void {
    this.#store.dispose();
  }

  showLog(): void {
    this.#log.show();
  }

  /** Shows what went wrong, with what fixes it; a cancellation is silent. */
  failure(error: unknown): void {
    if (isCancellation(error)) return;
    const showLog: Action = { title: "Show Log", run: () => this.showLog() };
    if (isUserError(error)) {
      this.#log.warn(error.message);
      this.problem(error.message, ...fixActions(error), showLog);
      return;
    }
    this.#log.error(error instanceof Error ? error : String(error));
    const message = error instanceof Error ? error.message : String(error);
    this.problem(`Invoke for AWS Lambda couldn't do this: ${message}`, showLog);
  }

  /** Shows a sentence and its buttons, and does not wait for an answer. */
  problem(message: string, ...actions: Action[]): void {
    void window.showErrorMessage(message, ...actions).then((chosen) => chosen?.run());
  }

  /** Writes a line for the log only. */
  note(message: string): void {
    this.#log.info(message);
  }

  /** Writes what went wrong, and what caused it, for the log only. */
  noteProblem(message: string, cause?: unknown): void {
    this.#log.warn(cause instanceof Error ? `${message} [${cause.name}]` : message);
  }
}

/** A button that types a command into a terminal, in the folder of the workspace that has a file. */
export function inTerminal(command: string, file?: string): Action {
  return { title: "Run in Terminal", run: () => typeCommand(command, file) };
}

/** A button that installs the packages that a function of Local lacks. */
export function installing(functionName: string): Action {
  return fixAction(installationOf(functionName));
}

/** The same for an error. */
export function installationOf(functionName: string): FixAction {
  return { title: "Install for Local", command: COMMANDS.installForLocal, arguments: [functionName] };
}

/** A button that signs in. */
export function signingIn(signIn: SignIn): Action {
  return fixAction({ title: "Sign In", command: COMMANDS.signIn, arguments: [signIn] });
}

/** A button that reads the log for an invocation whose answer was lost; without an id, it asks for which. */
export function findingOut(recordId?: string): Action {
  const title = "Find Out Whether It Ran";
  return fixAction({ title, command: COMMANDS.findOutWhetherItRan, arguments: recordId ? [recordId] : [] });
}

function fixActions({ fix, shell, signIn }: UserError): Action[] {
  const actions = signIn ? [signingIn(signIn)] : fix ? [fixAction(fix)] : [];
  return shell === undefined ? actions : [...actions, inTerminal(shell)];
}

/** A button that runs a command. */
export function fixAction(fix: FixAction): Action {
  return { title: fix.title, run: () => commands.executeCommand(fix.command, ...(fix.arguments ?? [])) };
}

function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "Canceled");
}
