import {
  Diagnostic,
  type Disposable,
  languages,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { PayloadProblem } from "../../core/payload/mistake.ts";
import { parsePayload } from "../../core/payload/payload.ts";
import { DisposableStore } from "../disposables.ts";
import { type PayloadSource, rangeIn } from "./jsonEditor.ts";
import type { Reporter } from "../report.ts";

/** How long typing must rest before the text is read again, in milliseconds. */
const REST_MS = 250;

/** Marks the error that kept a payload from being sent, until the text is fixed. */
export class PayloadDiagnostics implements Disposable {
  readonly #store = new DisposableStore();
  readonly #marks = this.#store.add(languages.createDiagnosticCollection("lambdaInvoke"));
  readonly #reporter: Reporter;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#changed(document)));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)));
  }

  /** Marks a mistake, and shows a message that goes to its place. */
  show(source: PayloadSource, problem: PayloadProblem): void {
    const { document } = source;
    const range = this.#mark(source, problem);
    const place = `line ${range.start.line + 1}, column ${range.start.character + 1}`;
    const message = `Nothing was sent: the payload isn't valid JSON. ${problem.message}, at ${place}.`;
    const go = async (): Promise<void> => {
      await window.showTextDocument(document, { selection: range });
    };
    this.#reporter.problem(message, { title: "Go to Problem", run: go });
  }

  clear(uri: Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#marks.delete(uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#store.dispose();
  }

  #mark(source: PayloadSource, problem: PayloadProblem): Diagnostic["range"] {
    const range = rangeIn(source, problem.offset, problem.length);
    const diagnostic = new Diagnostic(range, `${problem.message}. The payload wasn't sent.`);
    diagnostic.source = "Lambda";
    this.#marks.set(source.document.uri, [diagnostic]);
    return range;
  }

  #changed(document: TextDocument): void {
    if (!this.#marks.has(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.#readAgain(document), REST_MS),
    );
  }

  /** The whole document is read, also where a selection was: the selection is gone with the edit. */
  #readAgain(document: TextDocument): void {
    const source: PayloadSource = { document, text: document.getText(), offset: 0 };
    const reading = parsePayload(source.text);
    if (reading.kind === "problem") this.#mark(source, reading.problem);
    else this.clear(document.uri);
  }
}
