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
import type { Attempt } from "../../core/invocation/followEvent.ts";
import {
  type TrackedEvent,
  outputBlock,
  gaveUpBlock,
  resumedBlock,
  attemptBlock,
  shortId,
  WHOLE_RESPONSE,
} from "../../core/output/outputBlock.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { formatBody } from "../../core/output/formatBody.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { Settings } from "../settings.ts";

/** How many responses that the panel cut are kept, for their links. */
const KEPT_RESPONSES = 20;
const SCHEME = "lambda-response";

/** The output panel: one block an invocation, appended whole, with a link to a response that was cut. */
export class OutputPanel implements Disposable, DocumentLinkProvider, TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #channel: OutputChannel;
  readonly #settings: Settings;
  readonly #cut = new Map<string, InvocationRecord>();
  readonly #contentChanged = this.#store.add(new EventEmitter<Uri>());

  readonly onDidChange = this.#contentChanged.event;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#channel = this.#store.add(window.createOutputChannel(OUTPUT.channel, OUTPUT.language));
    this.#store.add(languages.registerDocumentLinkProvider({ language: OUTPUT.language }, this));
    this.#store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  /** Shows the panel; the focus stays where it is. */
  show(): void {
    this.#channel.show(true);
  }

  /** Appends the block of an invocation. */
  append(record: InvocationRecord): void {
    const block = outputBlock(record, { responseLimit: this.#settings.responseLimit() });
    if (block.includes(`, record ${shortId(record)})\n`)) this.#keep(record);
    this.#channel.append(block);
  }

  /** Appends the block of a run with an event that was accepted before. */
  appendRun(record: TrackedEvent, run: Attempt): void {
    this.#channel.append(attemptBlock(record, run));
  }

  /** Appends that an event runs which was accepted before VS Code ended. */
  appendResumed(record: TrackedEvent, acceptedAtMs: number, nowMs: number): void {
    this.#channel.append(resumedBlock(record, acceptedAtMs, nowMs));
  }

  /** Appends that nothing more is heard of an event that was accepted before, after so many runs with it. */
  appendQuiet(record: TrackedEvent, runs: number, nowMs: number): void {
    this.#channel.append(gaveUpBlock(record, runs, nowMs));
  }

  /** Opens the whole response of a record in an editor. Throws a `UserError` where it is not kept any more. */
  async openResponse(recordId: unknown): Promise<void> {
    const record = typeof recordId === "string" ? this.#cut.get(recordId) : undefined;
    if (!record?.response) {
      throw new UserError(
        "This response is not kept any more. Invoke the function again to see the whole of it.",
      );
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
    const response = this.#cut.get(uri.query)?.response;
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
    this.#store.dispose();
  }

  #keep(record: InvocationRecord): void {
    this.#cut.set(shortId(record), record);
    const [oldest] = this.#cut.keys();
    if (this.#cut.size > KEPT_RESPONSES && oldest !== undefined) this.#cut.delete(oldest);
  }
}
