import { commands, type Disposable } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";

/** A command by the name that `COMMANDS` gives it. */
export type CommandName = keyof typeof COMMANDS;

/** What runs a command; a command of package.json, a menu, a keybinding or another extension may give it anything. */
export type CommandHandler = (...given: unknown[]) => unknown;

/** A handler for some of the commands. */
export type CommandHandlers<Name extends CommandName = CommandName> = Readonly<Record<Name, CommandHandler>>;

/** Registers every command. What a handler throws becomes a message, and the command then resolves to `undefined`. */
export function registerCommands(handlers: CommandHandlers, reporter: Pick<Reporter, "failure">): Disposable {
  const store = new DisposableStore();
  for (const [name, handler] of Object.entries(handlers)) {
    const run = async (...given: unknown[]): Promise<unknown> => {
      try {
        return await handler(...given);
      } catch (error) {
        reporter.failure(error);
        return undefined;
      }
    };
    store.add(commands.registerCommand(COMMANDS[name as CommandName], run));
  }
  return store;
}
