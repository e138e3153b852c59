import {
  Range,
  type Selection,
  TabInputNotebook,
  TabInputText,
  TabInputTextDiff,
  type TextDocument,
  type TextEditor,
  type Uri,
  window,
} from "vscode";
import { UserError } from "../../core/userError.ts";

/** Text that may be a payload, and where it stands. */
export interface PayloadSource {
  document: TextDocument;
  text: string;
  /** Where the text begins in the document, in UTF-16 units. */
  offset: number;
  /** The selection that it is, if it isn't the whole document. */
  selection?: Selection | undefined;
}

/** Text editors outside of the editor area: the output panel, the debug console, a comment. */
const PANEL_SCHEMES: ReadonlySet<string> = new Set(["output", "debug", "comment"]);

/** Whether a document is one whose text can be a payload. */
export function isJson(document: TextDocument): boolean {
  return document.languageId === "json" || document.languageId === "jsonc";
}

/** Whether an editor stands in the editor area, not in a panel. */
export function isInEditorArea({ document, viewColumn }: TextEditor): boolean {
  return viewColumn !== undefined || !PANEL_SCHEMES.has(document.uri.scheme);
}

/** The active editor of the editor area if it's a JSON editor; while a panel has the focus, the one of the active tab. */
export function activeJsonEditor(): TextEditor | undefined {
  const active = window.activeTextEditor;
  const editor = active && !isInEditorArea(active) ? editorOfActiveTab() : active;
  return editor && isJson(editor.document) ? editor : undefined;
}

/** The JSON editors of the editor area that are in sight. */
export function visibleJsonEditors(): TextEditor[] {
  return window.visibleTextEditors.filter((editor) => isJson(editor.document) && isInEditorArea(editor));
}

/** The editor that shows a file: the active one before one of the active group, and that before any other. */
export function editorShowing(file: Uri): TextEditor | undefined {
  const isMeant = ({ document }: TextEditor): boolean => document.uri.toString() === file.toString();
  const active = activeJsonEditor();
  return active && isMeant(active) ? active : findVisible(isMeant);
}

/** The editor whose text is sent unless another is named: the active one, or the only one in sight. */
export function currentJsonEditor(): TextEditor | undefined {
  const visible = visibleJsonEditors();
  return activeJsonEditor() ?? (visible.length === 1 ? visible[0] : undefined);
}

function editorOfActiveTab(): TextEditor | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const shown = documentOf(input)?.toString();
  return shown === undefined ? undefined : findVisible(({ document }) => document.uri.toString() === shown);
}

/** A notebook's is its selected cell, a comparison's the side that can be edited. */
function documentOf(input: unknown): Uri | undefined {
  if (input instanceof TabInputText) return input.uri;
  if (input instanceof TabInputTextDiff) return input.modified;
  const notebook = input instanceof TabInputNotebook ? window.activeNotebookEditor : undefined;
  return notebook?.notebook.cellAt(notebook.selection.start).document.uri;
}

/** One of the active group where there are several. */
function findVisible(isMeant: (editor: TextEditor) => boolean): TextEditor | undefined {
  const found = window.visibleTextEditors.filter((editor) => isMeant(editor));
  const column = window.tabGroups.activeTabGroup.viewColumn;
  return found.find(({ viewColumn }) => viewColumn === column) ?? found[0];
}

/** The selection where there is one, else the whole document. Throws a `UserError` where there are several selections. */
export function sourceOf({ document, selections }: TextEditor): PayloadSource {
  const [selection, ...others] = selections.filter(({ isEmpty }) => !isEmpty);
  if (others.length > 0)
    throw new UserError(
      `${others.length + 1} parts of ${documentName(document)} are selected, and only one payload is sent at a time. Nothing was sent. Keep one selection, or none to send the whole document.`,
    );
  if (!selection) return wholeOf(document);
  return {
    document,
    text: document.getText(selection),
    offset: document.offsetAt(selection.start),
    selection,
  };
}

/** The whole document, whatever is selected in it. */
export function wholeOf(document: TextDocument): PayloadSource {
  return { document, text: document.getText(), offset: 0 };
}

/** What a document is called in a message. */
export function documentName({ uri }: TextDocument): string {
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  return uri.scheme === "vscode-notebook-cell" ? `a cell of ${name}` : name;
}

/** Where a payload comes from, for a person: `selection, lines 3 to 9 of order.json`. */
export function originOf({ document, selection }: PayloadSource): string {
  const name = documentName(document);
  if (!selection) return name;
  const { start, end } = selection;
  // A selection of whole lines ends at the start of the line after them.
  const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
  const first = start.line + 1;
  return `selection, ${first === last ? `line ${first}` : `lines ${first} to ${last}`} of ${name}`;
}

/** The range of a mistake in the document that the text was taken from. */
export function rangeIn(source: PayloadSource, offset: number, length: number): Range {
  const { document, offset: start } = source;
  return new Range(document.positionAt(start + offset), document.positionAt(start + offset + length));
}
