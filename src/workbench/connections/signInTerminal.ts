import { homedir } from "node:os";
import { type Disposable, env, type Terminal, type TerminalShellExecution, Uri, window } from "vscode";
import type { Clock } from "../../core/invocation/clock.ts";
import { shellKind } from "../../core/credentials/shellQuoting.ts";
import { type SignIn, signInArguments, signInCommand } from "../../core/credentials/signIn.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";

/** A terminal gets so long to say that it tells of the end of commands, in milliseconds. */
const SHELL_INTEGRATION_MS = 3_000;

/** A sign-in that runs in a terminal. */
export interface SignInTerminal extends Disposable {
  show(): void;
  /** Resolves when the command or its terminal ends, to the exit code where that is known. */
  ended: Promise<number | undefined>;
}

/**
 * Runs the AWS CLI's sign-in in a terminal that the user sees. A shell gets it as a typed command; where the shell can't
 * be given the profile's name safely, the program runs without a shell. Throws a `UserError` where that isn't safe either.
 */
export function runSignIn(signIn: SignIn, program: string, clock: Pick<Clock, "after">): SignInTerminal {
  const command = signInCommand(signIn, shellKind(env.shell));
  if (command === undefined && isBatchFile(program)) {
    throw new UserError(
      `Sign in with profile ${signIn.profile} in a terminal yourself: its name has characters that can't be typed there safely.`,
    );
  }
  const name = `Sign In: ${signIn.profile}`;
  // Windows looks for programs in the current folder first, which must not be the workspace's.
  const cwd = Uri.file(homedir());
  const terminal = window.createTerminal(
    command === undefined
      ? { name, cwd, shellPath: program, shellArgs: signInArguments(signIn) }
      : { name, cwd },
  );
  terminal.show();
  const { promise: ended, resolve } = Promise.withResolvers<number | undefined>();
  const store = new DisposableStore();
  store.add(window.onDidCloseTerminal((closed) => closed === terminal && resolve(closed.exitStatus?.code)));
  if (command !== undefined) store.add(typeInShell(terminal, command, clock, resolve));
  void ended.then(() => store.dispose());
  return {
    show: () => terminal.show(),
    ended,
    dispose: () => {
      store.dispose();
      terminal.dispose();
    },
  };
}

/** Windows gives the arguments of a batch file to its shell again. */
function isBatchFile(program: string): boolean {
  return /\.(bat|cmd)$/i.test(program);
}

/** Runs a command in a terminal's shell, and tells of its end where the shell's integration does. */
function typeInShell(
  terminal: Terminal,
  command: string,
  clock: Pick<Clock, "after">,
  onEnd: (exitCode: number | undefined) => void,
): Disposable {
  const store = new DisposableStore();
  let execution: TerminalShellExecution | undefined;
  let isTyped = false;
  const type = (): void => {
    if (isTyped) return;
    isTyped = true;
    execution = terminal.shellIntegration?.executeCommand(command);
    if (!execution) terminal.sendText(command);
  };
  store.add(
    window.onDidEndTerminalShellExecution((event) => {
      if (event.terminal !== terminal || !isTyped) return;
      if (execution === undefined || event.execution === execution) onEnd(event.exitCode);
    }),
  );
  store.add(window.onDidChangeTerminalShellIntegration((event) => event.terminal === terminal && type()));
  if (terminal.shellIntegration) type();
  store.add({ dispose: clock.after(SHELL_INTEGRATION_MS, type) });
  return store;
}
