import { type HistoryCommandParts, openResponseOf } from "./historyCommands.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { WholeResponses } from "../output/wholeResponse.ts";
import type { Reporter } from "../report.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** What the commands of the panel and the log need. */
export interface OutputCommandParts extends HistoryCommandParts {
  output: Pick<OutputPanel, "show">;
  responses: Pick<WholeResponses, "open">;
  reporter: Pick<Reporter, "note" | "showLog">;
}

/** The commands that show the panel, what it had to cut, and the log. */
export function outputCommands(
  parts: OutputCommandParts,
): CommandHandlers<"openResponse" | "showOutput" | "showLog"> {
  const { output, reporter, responses } = parts;
  return {
    // The panel's link gives the record's id.
    openResponse: (given) =>
      typeof given === "string" ? responses.open(given) : openResponseOf(given, parts),
    showOutput: () => output.show(),
    showLog: () => reporter.showLog(),
  };
}
