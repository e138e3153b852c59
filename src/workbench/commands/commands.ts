import { addConnection, type AddConnectionParts } from "./addConnection.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { type FilterCommandParts, filterCommands } from "./filterCommands.ts";
import { compareModes } from "./compareModes.ts";
import { functionCommands, type FunctionCommandParts } from "./functionCommands.ts";
import { invokeCommands } from "./invokeCommands.ts";
import { localCommands, type LocalCommandParts } from "./localCommands.ts";
import { outputCommands, type OutputCommandParts } from "./outputCommands.ts";
import { refreshCommands } from "./refreshCommands.ts";
import { type LogCommandParts, logCommands } from "./logCommands.ts";
import { removeConnection } from "./removeConnection.ts";
import { signIn } from "./signIn.ts";
import type { SignInSessions } from "../connections/signIn.ts";
import { guardCommands, type UnlockingParts } from "./guardCommands.ts";
import { type HistoryCommandParts, historyCommands } from "./historyCommands.ts";
import type { Invoker } from "../invoking/invoker.ts";
import type { ModeComparisons } from "../output/modeComparisons.ts";

/** What the commands work with. */
export interface CommandParts
  extends
    AddConnectionParts,
    FilterCommandParts,
    FunctionCommandParts,
    HistoryCommandParts,
    LocalCommandParts,
    LogCommandParts,
    OutputCommandParts,
    UnlockingParts {
  invoker: Invoker;
  comparisons: Pick<ModeComparisons, "open">;
  signIns: SignInSessions;
}

/** The table of commands: each of `COMMANDS` has its handler here, or this doesn't compile. */
export function allCommands(parts: CommandParts): CommandHandlers {
  return {
    ...invokeCommands(parts),
    compareModes: (...given) => compareModes(given, parts),
    ...functionCommands(parts),
    ...refreshCommands(parts.prompts.catalog),
    ...filterCommands(parts),
    ...localCommands(parts),
    ...outputCommands(parts),
    ...guardCommands(parts),
    ...historyCommands(parts),
    ...logCommands(parts),
    addConnection: () => addConnection(parts),
    removeConnection: (node) => removeConnection(node, parts.settings),
    signIn: (argument) => signIn(argument, parts.signIns),
  };
}
