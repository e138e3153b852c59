import type { OutputPanel } from "../output/outputPanel.ts";
import type { WholeResponses } from "../output/wholeResponse.ts";
import type { Reporter } from "../report.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** What the commands of the panel and the log need. */
export interface OutputCommandParts {
  output: Pick<OutputPanel, "show">;
  responses: Pick<WholeResponses, "open">;
  reporter: Pick<Reporter, "note" | "showLog">;
}

/** The commands that show the panel, what it had to cut, and the log. */
export function outputCommands({
  output,
  reporter,
  responses,
}: OutputCommandParts): CommandHandlers<"openResponse" | "showOutput" | "showLog"> {
  return {
    openResponse: (recordId) => responses.open(recordId),
    showOutput: () => output.show(),
    showLog: () => reporter.showLog(),
  };
}
