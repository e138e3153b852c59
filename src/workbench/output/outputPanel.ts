import {
  type CancellationToken,
  type Disposable,
  DocumentLink,
  type DocumentLinkProvider,
  EventEmitter,
  languages,
  type OutputChannel,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import { COMMANDS, OUTPUT } from "../../contributions.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { attemptBlock, gaveUpBlock, resumedBlock } from "../../core/output/eventBlocks.ts";
import { formatBody } from "../../core/output/formatBody.ts";
import { outputBlock, shortId, WHOLE_RESPONSE } from "../../core/output/outputBlock.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationChange, InvocationStore } from "../invocations/invocationStore.ts";
import type { Settings } from "../settings.ts";

const SCHEME = "lambda-response";

/** The output panel: one block per invocation and attempt, each appended whole, with a link to a response that was cut. */
export class OutputPanel implements Disposable, DocumentLinkProvider, TextDocumentContentProvider {
  readonly #disposables = new DisposableStore();
  readonly #channel: OutputChannel;
  readonly #settings: Pick<Settings, "responseLimit">;
  readonly #store: Pick<InvocationStore, "find" | "onDidChange">;
  readonly #contentChanged = this.#disposables.add(new EventEmitter<Uri>());

  readonly onDidChange = this.#contentChanged.event;

  constructor(
    settings: Pick<Settings, "responseLimit">,
    store: Pick<InvocationStore, "find" | "onDidChange">,
  ) {
    this.#settings = settings;
    this.#store = store;
    this.#channel = this.#disposables.add(window.createOutputChannel(OUTPUT.channel, OUTPUT.language));
    this.#disposables.add(languages.registerDocumentLinkProvider({ language: OUTPUT.language }, this));
    this.#disposables.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#disposables.add(store.onDidChange((change) => this.#follow(change)));
  }

  /** Shows the panel; the focus stays where it is. */
  show(): void {
    this.#channel.show(true);
  }

  /** Opens the whole response of a record in an editor. Throws a `UserError` if it isn't kept any more. */
  async openResponse(recordId: unknown): Promise<void> {
    const record = this.#find(recordId);
    if (!record?.response) {
      throw new UserError("This response isn't kept any more. Invoke the function again to see all of it.");
    }
    const extension = "text" in record.response ? formatBody(record.response, 1).language : "hex";
    const ending = extension === "json" ? "json" : "txt";
    const uri = Uri.from({
      scheme: SCHEME,
      path: `/${record.function.name} response.${ending}`,
      query: shortId(record),
    });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  provideTextDocumentContent(uri: Uri): string {
    const response = this.#find(uri.query)?.response;
    return response ? formatBody(response, Number.POSITIVE_INFINITY).text : "";
  }

  provideDocumentLinks(document: TextDocument, _token: CancellationToken): DocumentLink[] {
    const links: DocumentLink[] = [];
    for (let number = 0; number < document.lineCount; number++) {
      const line = document.lineAt(number);
      const id = WHOLE_RESPONSE.exec(line.text)?.[2];
      if (id === undefined) continue;
      const range = line.range.with(line.range.start.translate(0, line.firstNonWhitespaceCharacterIndex));
      const query = encodeURIComponent(JSON.stringify([id]));
      const link = new DocumentLink(range, Uri.parse(`command:${COMMANDS.openResponse}?${query}`));
      link.tooltip = "Open the whole response in an editor";
      links.push(link);
    }
    return links;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #find(id: unknown): InvocationRecord | undefined {
    return this.#store.find((record) => shortId(record) === id);
  }

  #follow(change: InvocationChange): void {
    if (change.type === "started") this.show();
    const block = this.#blockOf(change);
    if (block !== undefined) this.#channel.append(block);
  }

  #blockOf(change: InvocationChange): string | undefined {
    switch (change.type) {
      case "ended":
        return outputBlock(change.record, { responseLimit: this.#settings.responseLimit() });
      case "resumed":
        return resumedBlock(change.event, change.acceptedAtMs, change.atMs);
      case "attempt":
        return attemptBlock(change.event, change.attempt);
      case "gaveUp":
        return gaveUpBlock(change.event, change.attempts, change.atMs);
      case "started":
      case "abandoned":
      case "tick":
        return undefined;
    }
  }
}
