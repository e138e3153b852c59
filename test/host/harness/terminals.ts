import * as vscode from "vscode";
import { isRunning } from "../../../src/workbench/isRunning.ts";
import { until } from "./extension.ts";

/** Ends all terminals and waits for their shells, which write their history into the home folder as their last act. */
export async function endTerminals(): Promise<void> {
  const { terminals } = vscode.window;
  const shells = await Promise.all(terminals.map(({ processId }) => processId));
  for (const terminal of terminals) terminal.dispose();
  const isEnded = (shell: number | undefined): boolean => shell === undefined || !isRunning(shell);
  await until(
    "the end of the terminals",
    () => vscode.window.terminals.length === 0 && shells.every(isEnded),
  );
}
