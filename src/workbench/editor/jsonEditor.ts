import { Range, TabInputText, type TextDocument, type TextEditor, window } from "vscode";

/** Text that may be a payload, and where it stands. */
export interface PayloadSource {
  document: TextDocument;
  text: string;
  /** Where the text begins in the document, in UTF-16 units. */
  offset: number;
}

/** Whether a document is one whose text can be a payload. */
export function isJson(document: TextDocument): boolean {
  return document.languageId === "json" || document.languageId === "jsonc";
}

/** The active editor where it is a JSON editor; while the focus is in the output panel, the one of the active tab. */
export function activeJsonEditor(): TextEditor | undefined {
  const active = window.activeTextEditor;
  const editor = active?.document.uri.scheme === "output" ? editorOfActiveTab() : active;
  return editor && isJson(editor.document) ? editor : undefined;
}

function editorOfActiveTab(): TextEditor | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputText)) return undefined;
  return window.visibleTextEditors.find(({ document }) => document.uri.toString() === input.uri.toString());
}

/** The selection where there is one, else the whole document. */
export function sourceOf(editor: TextEditor): PayloadSource {
  const { document, selection } = editor;
  if (selection.isEmpty) return { document, text: document.getText(), offset: 0 };
  return { document, text: document.getText(selection), offset: document.offsetAt(selection.start) };
}

/** The range of a mistake in the document that the text was taken from. */
export function rangeIn(source: PayloadSource, offset: number, length: number): Range {
  const { document, offset: start } = source;
  return new Range(document.positionAt(start + offset), document.positionAt(start + offset + length));
}
