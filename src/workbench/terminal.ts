import { Uri, window, workspace } from "vscode";

/** Opens a terminal with a command typed in, in the folder of the workspace that has a file; it is the user who runs it. */
export function typeCommand(command: string, file?: string): void {
  const folder = file === undefined ? undefined : workspace.getWorkspaceFolder(Uri.file(file));
  const terminal = window.createTerminal({ name: "Lambda", ...(folder && { cwd: folder.uri }) });
  terminal.show();
  terminal.sendText(command, false);
}
