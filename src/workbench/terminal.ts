import { Uri, window, workspace } from "vscode";
import type { LocalProblem } from "../core/ports.ts";

/** Opens a terminal with the command that mends a problem typed in; it is the person who runs it. */
export function typeCommand({ command = "", place }: LocalProblem): void {
  const folder = place && workspace.getWorkspaceFolder(Uri.file(place.file));
  const terminal = window.createTerminal({ name: "Lambda", ...(folder && { cwd: folder.uri }) });
  terminal.show();
  terminal.sendText(command, false);
}
