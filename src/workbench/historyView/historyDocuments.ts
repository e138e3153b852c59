import {
  type Disposable,
  EventEmitter,
  languages,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import { HISTORY_SCHEME, OUTPUT } from "../../contributions.ts";
import { formatDateTime } from "../../core/format.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import { comparable } from "../../core/history/comparable.ts";
import type { HistoryItem } from "../../core/history/historyItem.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { looksLikeJson } from "../../core/output/formatBody.ts";
import { outputBlockSteps } from "../../core/output/outputBlock.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { ResponseFiles } from "../invocations/responseFiles.ts";
import { inSlices } from "../output/slices.ts";
import { offerToSave, wholeText } from "../output/wholeResponse.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import type { History } from "../history/history.ts";

/** What the documents are made of. */
export interface HistoryDocumentsParts {
  history: Pick<History, "read" | "item" | "onDidChange">;
  reporter: Pick<Reporter, "failure">;
  responseFiles: Pick<ResponseFiles, "fileOf">;
  settings: Pick<Settings, "maskedPaths">;
}

/** What of an invocation a document shows. */
export type DocumentKind = "record" | "payload" | "response" | "log" | "comparedPayload" | "comparedResponse";

interface Shown {
  id: string;
  kind: DocumentKind;
}

/** How much of a response a record's document has; *Open Response* has all of it. */
const RESPONSE_LIMIT = 1024 * 1024;

/** Invocations of the history, and their parts, as documents that can't be changed. */
export class HistoryDocuments implements Disposable, TextDocumentContentProvider {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new EventEmitter<Uri>());
  readonly #parts: HistoryDocumentsParts;
  /** What the documents that are open show an invocation as. */
  readonly #shown = new Map<string, HistoryItem | undefined>();

  readonly onDidChange = this.#changed.event;

  constructor(parts: HistoryDocumentsParts) {
    this.#parts = parts;
    this.#disposables.add(workspace.registerTextDocumentContentProvider(HISTORY_SCHEME, this));
    this.#disposables.add(parts.history.onDidChange(() => this.#update()));
    // It may have changed while the document was being opened.
    this.#disposables.add(
      workspace.onDidOpenTextDocument((document) => (isOurs(document) ? this.#update() : undefined)),
    );
    this.#disposables.add(workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())));
  }

  /** Opens an invocation, or a part of one. Throws a `UserError` if it isn't kept. */
  async open(id: string, kind: DocumentKind): Promise<void> {
    const { record } = await this.#parts.history.read(id);
    const document = await workspace.openTextDocument(this.uriOf(record, kind));
    if (kind === "record") await languages.setTextDocumentLanguage(document, OUTPUT.language);
    await window.showTextDocument(document, { preview: true });
    if (kind === "response") this.#offerToSave(record);
  }

  /** The document of an invocation, or of a part of one. Throws a `UserError` if that part isn't kept. */
  uriOf(record: InvocationRecord, kind: DocumentKind): Uri {
    const at = formatDateTime(record.startedAt).slice(0, 19).replaceAll(":", ".");
    const title = `${labelOf(record.function)} ${at}${endOf(record, kind)}`.replaceAll("/", "-");
    const shown: Shown = { id: record.id, kind };
    return Uri.from({ scheme: HISTORY_SCHEME, path: `/${title}`, query: JSON.stringify(shown) });
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const { id, kind } = JSON.parse(uri.query) as Shown;
    try {
      const { record, item } = await this.#parts.history.read(id);
      this.#shown.set(uri.toString(), item);
      return await this.#contentOf(record, kind);
    } catch (error) {
      // A document may be opened again with a window, long after its invocation was removed.
      return error instanceof UserError ? error.message : Promise.reject(error);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #contentOf(record: InvocationRecord, kind: DocumentKind): string | Promise<string> {
    const masked = this.#parts.settings.maskedPaths();
    const response = record.response ?? { text: "" };
    switch (kind) {
      case "record":
        return inSlices(outputBlockSteps(record, { responseLimit: RESPONSE_LIMIT }));
      case "payload":
        return record.payload.text;
      case "response":
        return wholeText(response);
      case "log":
        return record.log ?? "";
      case "comparedPayload":
        return comparable(record.payload.text, masked) ?? record.payload.text;
      case "comparedResponse":
        return ("text" in response ? comparable(response.text, masked) : undefined) ?? wholeText(response);
    }
  }

  /** An invocation that was under way may have ended, and an event may have its outcome. */
  #update(): void {
    for (const { uri } of workspace.textDocuments.filter(isOurs)) {
      const { id } = JSON.parse(uri.query) as Shown;
      const shown = this.#shown.get(uri.toString());
      const current = this.#parts.history.item(id);
      if (shown && current && JSON.stringify(shown) !== JSON.stringify(current)) this.#changed.fire(uri);
    }
  }

  #offerToSave(record: InvocationRecord): void {
    const { reporter, responseFiles } = this.#parts;
    offerToSave(record, responseFiles.fileOf(record.id)).catch((error) => reporter.failure(error));
  }
}

function isOurs({ uri }: TextDocument): boolean {
  return uri.scheme === HISTORY_SCHEME;
}

/** The end of a document's name, which tells VS Code its language. */
function endOf({ response }: InvocationRecord, kind: DocumentKind): string {
  switch (kind) {
    case "record":
      return "";
    case "payload":
    case "comparedPayload":
      return " payload.json";
    case "response":
    case "comparedResponse":
      return ` response.${looksLikeJson(response) ? "json" : "txt"}`;
    case "log":
      return ".log";
  }
}
