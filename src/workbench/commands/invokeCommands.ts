import type { Invoker } from "../invocations/invoker.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** The commands that invoke, and the one that stops waiting. */
export function invokeCommands(
  invoker: Invoker,
): CommandHandlers<"invoke" | "invokeAsync" | "dryRun" | "debugLocal" | "invokeAgain" | "cancelInvocation"> {
  return {
    invoke: (argument) => invoker.invoke("RequestResponse", argument),
    invokeAsync: (argument) => invoker.invoke("Event", argument),
    dryRun: (argument) => invoker.invoke("DryRun", argument),
    debugLocal: (argument) => invoker.debug(argument),
    invokeAgain: () => invoker.again(),
    cancelInvocation: (node) => invoker.cancel(node instanceof FunctionNode ? node.target : undefined),
  };
}
