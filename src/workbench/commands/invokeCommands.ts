import { type HistoryCommandParts, invokeRowAgain } from "./historyCommands.ts";
import { RecordNode } from "../historyView/historyNodes.ts";
import type { Invoker } from "../invoking/invoker.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** The commands that invoke, and the one that stops waiting. */
export function invokeCommands(
  parts: HistoryCommandParts & { invoker: Invoker },
): CommandHandlers<
  "invoke" | "invokeAsync" | "invokeStreaming" | "dryRun" | "debugLocal" | "invokeAgain" | "cancelInvocation"
> {
  const { invoker } = parts;
  return {
    invoke: (...given) => invoker.invoke("RequestResponse", given),
    invokeAsync: (...given) => invoker.invoke("Event", given),
    invokeStreaming: (...given) => invoker.invoke("ResponseStream", given),
    dryRun: (...given) => invoker.invoke("DryRun", given),
    debugLocal: (...given) => invoker.debug(given),
    invokeAgain: (node) => (node instanceof RecordNode ? invokeRowAgain(node, parts) : invoker.again()),
    cancelInvocation: (node) => invoker.cancel(node instanceof FunctionNode ? node.target : undefined),
  };
}
