import { type Disposable, type OutputChannel, type TextDocumentChangeEvent, window, workspace } from "vscode";
import { OUTPUT } from "../../contributions.ts";
import { DisposableStore } from "../disposables.ts";

/** What a channel becomes longer than is cut, in characters. */
const MAX_LENGTH = 1024 * 1024;
/** So much of it is left then, the last piece at least. */
const KEPT_LENGTH = MAX_LENGTH / 2;
const CUT =
  "Only the end of the output is kept here. Earlier invocations are in the History view, as far as its settings save them.\n\n";

/**
 * Our output channel, of which only the end is kept: VS Code and its extensions read all of it at each change, which
 * would block the extension host for longer the longer the window is open.
 */
export class BoundedChannel implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #channel: OutputChannel;
  /** What the channel has. */
  #pieces: string[] = [];
  #length = 0;

  constructor() {
    this.#channel = this.#disposables.add(window.createOutputChannel(OUTPUT.channel, OUTPUT.language));
    this.#disposables.add(workspace.onDidChangeTextDocument((change) => this.#noticeClearing(change)));
  }

  /** Shows it; the focus stays where it is. */
  show(): void {
    this.#channel.show(true);
  }

  append(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length <= MAX_LENGTH) this.#channel.append(text);
    else this.#cut();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #cut(): void {
    let from = this.#pieces.length - 1;
    this.#length = this.#pieces[from]?.length ?? 0;
    for (; from > 0; from--) {
      const length = this.#length + (this.#pieces[from - 1]?.length ?? 0);
      if (length > KEPT_LENGTH) break;
      this.#length = length;
    }
    this.#pieces.splice(0, from);
    this.#channel.replace(CUT + this.#pieces.join(""));
  }

  /** What a user has cleared doesn't come back. */
  #noticeClearing({ document }: TextDocumentChangeEvent): void {
    const { languageId, lineCount, uri } = document;
    if (uri.scheme !== "output" || languageId !== OUTPUT.language) return;
    if (lineCount > 1 || document.lineAt(0).text !== "") return;
    this.#pieces = [];
    this.#length = 0;
  }
}
