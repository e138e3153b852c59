import { commands, type Disposable } from "vscode";
import { COMMANDS, TITLE_COMMANDS } from "../../contributions.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";

/** A command by the name that `COMMANDS` gives it. */
export type CommandName = keyof typeof COMMANDS;

/** What runs a command; a command of package.json, a menu, a keybinding or another extension may give it anything. */
export type CommandHandler = (...given: unknown[]) => unknown;

/** A handler for some of the commands. */
export type CommandHandlers<Name extends CommandName = CommandName> = Readonly<Record<Name, CommandHandler>>;

/**
 * Registers every command. The handlers are loaded by the first that runs. What a handler throws becomes a message, and
 * the command then resolves to `undefined`.
 */
export function registerCommands(
  load: () => Promise<CommandHandlers>,
  reporter: Pick<Reporter, "failure">,
): Disposable {
  const store = new DisposableStore();
  for (const [name, id] of Object.entries(COMMANDS)) {
    const run = async (...given: unknown[]): Promise<unknown> => {
      try {
        if (!TITLE_COMMANDS.has(id)) refuseUnknownRow(given);
        const handlers = await load();
        return await handlers[name as CommandName](...given);
      } catch (error) {
        reporter.failure(error);
        return undefined;
      }
    };
    store.add(commands.registerCommand(id, run));
  }
  return store;
}

/**
 * A row's menu gives a command the row and the rows that are selected, and nothing for a row that VS Code doesn't know
 * by then: the list was made anew since the click, or is just being made. Without this, the command would take that for
 * a call from the palette, and what the editor is for would be invoked instead of what was clicked.
 */
function refuseUnknownRow(given: readonly unknown[]): void {
  const [row, selected] = given;
  if (given.length < 2 || row !== undefined || (selected !== undefined && !Array.isArray(selected))) return;
  throw new UserError("The list changed while you clicked. Nothing was done. Click the row again.");
}
