import { parseArgument } from "../../core/invocation/invokeArgument.ts";
import { invokedFunction } from "../../core/functions/functionRef.ts";
import type { Target } from "../../core/functions/target.ts";
import { toRequest } from "../invoking/invokeCommandRequest.ts";
import type { FollowLogs } from "../logs/followLogs.ts";
import { findFunction, type PromptServices, resolveTarget } from "../targets/resolveTarget.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** What the commands on logs need. */
export interface LogCommandParts {
  logs: Pick<FollowLogs, "act" | "follow">;
  prompts: PromptServices;
}

type LogCommand =
  | "followLogs"
  | "pauseLog"
  | "resumeLog"
  | "stopLog"
  | "clearLog"
  | "filterLog"
  | "clearLogFilter"
  | "showLogDetails"
  | "hideLogDetails"
  | "startLiveTail"
  | "stopLiveTail";

/** The command that follows the log of a function, and those of the document that shows it. */
export function logCommands({ logs, prompts }: LogCommandParts): CommandHandlers<LogCommand> {
  return {
    followLogs: async (given) => {
      const target = await targetOf(given, prompts);
      if (!target) return;
      const { connection } = target;
      const fn = invokedFunction(target, (name) => prompts.catalog.find(connection, name));
      const { logGroup } = prompts.catalog.find(connection, fn.arn ?? fn.name) ?? {};
      await logs.follow({ connection, function: fn, logGroup });
    },
    pauseLog: (uri) => logs.act("pause", uri),
    resumeLog: (uri) => logs.act("resume", uri),
    stopLog: (uri) => logs.act("stop", uri),
    clearLog: (uri) => logs.act("clear", uri),
    filterLog: (uri) => logs.act("filter", uri),
    startLiveTail: (uri) => logs.act("startLive", uri),
    stopLiveTail: (uri) => logs.act("stopLive", uri),
    showLogDetails: (uri) => logs.act("showDetails", uri),
    hideLogDetails: (uri) => logs.act("hideDetails", uri),
    clearLogFilter: (uri) => logs.act("showAll", uri),
  };
}

/** A row, what another extension or a keybinding names, the current function, or one that's picked. */
async function targetOf(given: unknown, prompts: PromptServices): Promise<Target | undefined> {
  if (given === undefined || given instanceof FunctionNode)
    return findFunction(given, prompts, "Follow the Logs of");
  return resolveTarget(toRequest(parseArgument(given)).function, undefined, prompts);
}
