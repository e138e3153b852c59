import { type Disposable, type Event, window } from "vscode";
import type { FunctionFilter } from "../tree/functionFilter.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** What the commands of the filter need. */
export interface FilterCommandParts {
  filter: FunctionFilter;
  /** Fires when a person selects a row of the functions. */
  onDidSelectRow: Event<unknown>;
}

/** The commands of the view's filter. */
export function filterCommands({
  filter,
  onDidSelectRow,
}: FilterCommandParts): CommandHandlers<"filterFunctions" | "clearFilter"> {
  return {
    filterFunctions: () => askForFilter(filter, onDidSelectRow),
    clearFilter: () => filter.set(""),
  };
}

/** Filters while the user types. A row that's selected ends that too; backing out brings the old filter back. */
async function askForFilter(filter: FunctionFilter, onDidSelectRow: Event<unknown>): Promise<void> {
  const before = filter.value;
  const input = window.createInputBox();
  input.title = "Filter Functions";
  input.prompt = "A part of the name, or a glob such as order-*-prod";
  input.value = before;
  // A click on a row of what was found leaves the box, and isn't backing out.
  input.ignoreFocusOut = true;
  let selecting: Disposable | undefined;
  const isAccepted = await new Promise<boolean>((resolve) => {
    selecting = onDidSelectRow(() => resolve(true));
    input.onDidChangeValue((value) => filter.preview(value));
    input.onDidAccept(() => resolve(true));
    input.onDidHide(() => resolve(false));
    input.show();
  });
  const chosen = isAccepted ? input.value : before;
  selecting?.dispose();
  input.dispose();
  await filter.set(chosen);
}
