import { Range, window, workspace } from "vscode";
import type { SourcePlace } from "@lambda-invoke/local/contract/state.ts";

/** Opens a file of the workspace at a place. */
export async function openPlace({ file, line, column }: SourcePlace): Promise<void> {
  const document = await workspace.openTextDocument(file);
  await window.showTextDocument(document, { selection: new Range(line, column, line, column) });
}
