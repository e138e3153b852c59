import { setImmediate } from "node:timers/promises";
import {
  type Disposable,
  DocumentLink,
  type DocumentLinkProvider,
  languages,
  Range,
  type TextDocument,
  Uri,
} from "vscode";
import { COMMANDS, OUTPUT } from "../../contributions.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { type InvocationRecord, mayHaveRun } from "../../core/invocation/record.ts";
import { attemptBlock, gaveUpBlock, resumedBlock } from "../../core/output/eventBlocks.ts";
import { findingBlock } from "../../core/output/findingText.ts";
import {
  asLinkLine,
  findOutLine,
  outputBlockSteps,
  shortId,
  wholeResponseLine,
} from "../../core/output/outputBlock.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationChange, InvocationStore } from "../invocations/invocationStore.ts";
import type { Settings } from "../settings.ts";
import { BoundedChannel } from "./boundedChannel.ts";
import { LineFinder } from "./lineFinder.ts";
import { LiveStreams } from "./liveStreams.ts";
import { inSlices } from "./slices.ts";

/** The most links of the panel, the last ones: more than the invocations that the store has. */
const MAX_LINKS = 2000;

/** The output panel: one block per invocation and attempt, each appended whole, with a link to a response that was cut. */
export class OutputPanel implements Disposable, DocumentLinkProvider {
  readonly #disposables = new DisposableStore();
  readonly #channel: BoundedChannel;
  readonly #settings: Pick<Settings, "responseLimit">;
  readonly #store: Pick<InvocationStore, "records">;
  readonly #live: LiveStreams;
  readonly #linkLines: LineFinder<string>;
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
    this.#channel = this.#disposables.add(new BoundedChannel());
    const panel = { scheme: "output", language: OUTPUT.language };
    this.#disposables.add(languages.registerDocumentLinkProvider(panel, this));
    this.#linkLines = this.#disposables.add(new LineFinder(asLinkLine, MAX_LINKS));
    this.#disposables.add(store.onDidChange((change) => this.#follow(change)));
  }

  /** Shows the panel; the focus stays where it is. */
  show(): void {
    this.#channel.show();
  }

  /**
   * Links to the responses and lost answers that the store has, each on the line that the panel wrote for it. That line
   * begins at column 0, where nothing of a function stands.
   */
  async provideDocumentLinks(document: TextDocument): Promise<DocumentLink[]> {
    const lines = await inSlices(this.#linkLines.find(document));
    const known = new Map<string, LinkTarget>();
    for (const record of this.#store.records) {
      known.set(wholeResponseLine(record), toResponse(record));
      if (mayHaveRun(record)) known.set(findOutLine(record), toFinding(record));
    }
    return lines.flatMap(({ lineNumber, found }) => {
      const target = known.get(found);
      return target ? [toLink(new Range(lineNumber, 0, lineNumber, found.length), target)] : [];
    });
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
    // Whoever waits for the record gets it before it's laid out.
    await setImmediate();
    const block = before + (await inSlices(outputBlockSteps(record, { responseLimit })));
    return mayHaveRun(record) ? `${block}${findOutLine(record)}\n\n` : block;
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
      case "found":
        return this.#live.interrupt() + findingBlock(change.record, change.finding);
      case "started":
      case "abandoned":
      case "tick":
        return undefined;
    }
  }
}

/** What a link does. */
interface LinkTarget {
  command: string;
  argument: string;
  tooltip: string;
}

function toLink(range: Range, { command, argument, tooltip }: LinkTarget): DocumentLink {
  const query = encodeURIComponent(JSON.stringify([argument]));
  const link = new DocumentLink(range, Uri.parse(`command:${command}?${query}`));
  link.tooltip = tooltip;
  return link;
}

function toResponse(record: InvocationRecord): LinkTarget {
  const tooltip = "Open the whole response in an editor";
  return { command: COMMANDS.openResponse, argument: shortId(record), tooltip };
}

function toFinding({ id }: InvocationRecord): LinkTarget {
  const tooltip = "Read the function's log from that time";
  return { command: COMMANDS.findOutWhetherItRan, argument: id, tooltip };
}
