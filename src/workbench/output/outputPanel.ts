import {
  type CancellationToken,
  type Disposable,
  DocumentLink,
  type DocumentLinkProvider,
  languages,
  type OutputChannel,
  type TextDocument,
  Uri,
  window,
} from "vscode";
import { COMMANDS, OUTPUT } from "../../contributions.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { attemptBlock, gaveUpBlock, resumedBlock } from "../../core/output/eventBlocks.ts";
import { outputBlockSteps, shortId, wholeResponseLine } from "../../core/output/outputBlock.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationChange, InvocationStore } from "../invocations/invocationStore.ts";
import type { Settings } from "../settings.ts";
import { LiveStreams } from "./liveStreams.ts";
import { inSlices } from "./slices.ts";

/** The output panel: one block per invocation and attempt, each appended whole, with a link to a response that was cut. */
export class OutputPanel implements Disposable, DocumentLinkProvider {
  readonly #disposables = new DisposableStore();
  readonly #channel: OutputChannel;
  readonly #settings: Pick<Settings, "responseLimit">;
  readonly #store: Pick<InvocationStore, "records">;
  readonly #live: LiveStreams;
  /** What is appended: one block after the other, also if one takes longer. */
  #appending = Promise.resolve();

  constructor(
    settings: Pick<Settings, "responseLimit">,
    store: Pick<InvocationStore, "records" | "onDidChange">,
    clock: Pick<Clock, "now">,
  ) {
    this.#live = new LiveStreams(clock);
    this.#settings = settings;
    this.#store = store;
    this.#channel = this.#disposables.add(window.createOutputChannel(OUTPUT.channel, OUTPUT.language));
    const panel = { scheme: "output", language: OUTPUT.language };
    this.#disposables.add(languages.registerDocumentLinkProvider(panel, this));
    this.#disposables.add(store.onDidChange((change) => this.#follow(change)));
  }

  /** Shows the panel; the focus stays where it is. */
  show(): void {
    this.#channel.show(true);
  }

  /**
   * Links to the responses that the store has, each on the line that the panel wrote for it. That line begins at column 0,
   * where nothing of a function stands.
   */
  provideDocumentLinks(document: TextDocument, _token: CancellationToken): DocumentLink[] {
    const known = new Map(this.#store.records.map((record) => [wholeResponseLine(record), record]));
    const links: DocumentLink[] = [];
    for (let number = 0; number < document.lineCount; number++) {
      const { text, range } = document.lineAt(number);
      const record = known.get(text);
      if (record) links.push(toLink(range, record));
    }
    return links;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #follow(change: InvocationChange): void {
    if (change.type === "started") this.show();
    const block = this.#blockOf(change);
    if (block === undefined) return;
    const append = async (): Promise<void> => this.#channel.append(await block);
    this.#appending = this.#appending.then(append, append);
  }

  async #endedBlock(before: string, record: InvocationRecord): Promise<string> {
    const responseLimit = this.#settings.responseLimit();
    return before + (await inSlices(outputBlockSteps(record, { responseLimit })));
  }

  #blockOf(change: InvocationChange): string | Promise<string> | undefined {
    switch (change.type) {
      case "chunk":
        return this.#live.add(change.invocation, change.chunk, this.#settings.responseLimit());
      case "ended":
        return this.#endedBlock(this.#live.end(change.invocation), change.record);
      case "resumed":
        return this.#live.interrupt() + resumedBlock(change.event, change.acceptedAtMs, change.atMs);
      case "attempt":
        return this.#live.interrupt() + attemptBlock(change.event, change.attempt);
      case "gaveUp":
        return this.#live.interrupt() + gaveUpBlock(change.event, change.attempts, change.atMs);
      case "started":
      case "abandoned":
      case "tick":
        return undefined;
    }
  }
}

function toLink(range: DocumentLink["range"], record: InvocationRecord): DocumentLink {
  const query = encodeURIComponent(JSON.stringify([shortId(record)]));
  const link = new DocumentLink(range, Uri.parse(`command:${COMMANDS.openResponse}?${query}`));
  link.tooltip = "Open the whole response in an editor";
  return link;
}
