import {
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import { formatBytes } from "../../core/format.ts";
import type { InvocationRecord, ResponseBody } from "../../core/invocation/record.ts";
import { bytesOf } from "../../core/invocation/responseBody.ts";
import { looksLikeJson, shownBytes, wholeOf } from "../../core/output/formatBody.ts";
import { shortId } from "../../core/output/outputBlock.ts";
import { joined } from "../../core/output/textPieces.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { ResponseFiles } from "../invocations/responseFiles.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { Reporter } from "../report.ts";
import { inSlices } from "./slices.ts";

const SCHEME = "lambda-response";

/** What whole responses are made of. */
export interface WholeResponsesParts {
  invocations: Pick<InvocationStore, "find">;
  responseFiles: Pick<ResponseFiles, "fileOf">;
  reporter: Pick<Reporter, "failure">;
}

/** Whole responses, in documents that can't be changed. */
export class WholeResponses implements Disposable, TextDocumentContentProvider {
  readonly #disposables = new DisposableStore();
  readonly #store: Pick<InvocationStore, "find">;
  readonly #files: Pick<ResponseFiles, "fileOf">;
  readonly #reporter: Pick<Reporter, "failure">;
  readonly #contentChanged = this.#disposables.add(new EventEmitter<Uri>());

  readonly onDidChange = this.#contentChanged.event;

  constructor({ invocations, responseFiles, reporter }: WholeResponsesParts) {
    this.#store = invocations;
    this.#files = responseFiles;
    this.#reporter = reporter;
    this.#disposables.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  /** Opens the whole response of a record in an editor. Throws a `UserError` if it isn't kept any more. */
  async open(recordId: unknown): Promise<void> {
    const record = this.#find(recordId);
    if (!record?.response)
      throw new UserError("This response isn't kept any more. Invoke the function again to see all of it.");
    const { response } = record;
    const uri = Uri.from({
      scheme: SCHEME,
      path: `/${record.function.name} response.${looksLikeJson(response) ? "json" : "txt"}`,
      query: shortId(record),
    });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    offerToSave(record, this.#files.fileOf(record.id)).catch((error) => this.#reporter.failure(error));
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const response = this.#find(uri.query)?.response;
    return response ? wholeText(response) : "";
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #find(id: unknown): InvocationRecord | undefined {
    return this.#store.find((record) => shortId(record) === id);
  }
}

/** The text of a document with a whole response; it isn't put together before VS Code reads it. */
export async function wholeText(response: ResponseBody): Promise<string> {
  const { pieces } = await inSlices(wholeOf(response));
  return joined(pieces);
}

const SAVE = "Save Response…";

/** Bytes that the editor doesn't show can be had in a file: `whole` where a stream was too large for its record. */
export async function offerToSave(record: InvocationRecord, whole: string | undefined): Promise<void> {
  const { response: body, responseBytes = 0, stream } = record;
  const shown = body && (shownBytes(body) ?? stream?.keptBytes);
  if (!body || shown === undefined) return;
  const size = formatBytes(responseBytes);
  if (stream?.keptBytes !== undefined && whole === undefined) {
    const gone = `The editor shows the first ${formatBytes(shown)} of ${size}. The rest isn't kept any more. Invoke the function again to get all of it.`;
    void window.showInformationMessage(gone);
    return;
  }
  const message = `The editor shows the first ${formatBytes(shown)} of ${size}. Save the response to get all of it.`;
  if ((await window.showInformationMessage(message, SAVE)) !== SAVE) return;
  const file = await window.showSaveDialog({ title: "Save Response" });
  if (!file) return;
  if (whole !== undefined) return workspace.fs.copy(Uri.file(whole), file, { overwrite: true });
  await workspace.fs.writeFile(file, bytesOf(body));
}
