import { window } from "vscode";
import type { FunctionFilter } from "../tree/functionFilter.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** The commands of the view's filter. */
export function filterCommands(filter: FunctionFilter): CommandHandlers<"filterFunctions" | "clearFilter"> {
  return { filterFunctions: () => askForFilter(filter), clearFilter: () => filter.set("") };
}

/** Filters while the user types; backing out brings the old filter back. */
async function askForFilter(filter: FunctionFilter): Promise<void> {
  const before = filter.value;
  const input = window.createInputBox();
  input.title = "Filter Functions";
  input.prompt = "A part of the name, or a glob such as order-*-prod";
  input.value = before;
  const isAccepted = await new Promise<boolean>((resolve) => {
    input.onDidChangeValue((value) => filter.preview(value));
    input.onDidAccept(() => resolve(true));
    input.onDidHide(() => resolve(false));
    input.show();
  });
  const chosen = isAccepted ? input.value : before;
  input.dispose();
  await filter.set(chosen);
}
