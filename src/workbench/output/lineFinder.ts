import { type Disposable, type TextDocument, type TextDocumentChangeEvent, workspace } from "vscode";
import type { Steps } from "../../core/output/steps.ts";

/** What was found in a line of a document. */
export interface FoundLine<T> {
  lineNumber: number;
  found: T;
}

/** What is known of a document. */
interface Reading<T> {
  lines: FoundLine<T>[];
  /** The lines before this one were read. */
  next: number;
  /** There were more lines with something than are kept. */
  isCut: boolean;
}

/**
 * Finds something in the lines of documents. VS Code asks for all links of a document each time it has changed, and the
 * panel and logs grow: the lines before the change aren't read again.
 */
export class LineFinder<T> implements Disposable {
  readonly #readings = new WeakMap<TextDocument, Reading<T>>();
  readonly #find: (text: string) => T | undefined;
  readonly #limit: number;
  readonly #listener: Disposable;

  /** The last lines that have something are kept, so many of each document. */
  constructor(find: (text: string) => T | undefined, limit: number) {
    this.#find = find;
    this.#limit = limit;
    this.#listener = workspace.onDidChangeTextDocument((change) => this.#forget(change));
  }

  /** The lines of a document that have something, in their order. */
  *find(document: TextDocument): Steps<readonly FoundLine<T>[]> {
    const reading = this.#readings.get(document) ?? { lines: [], next: 0, isCut: false };
    this.#readings.set(document, reading);
    while (reading.next < document.lineCount) {
      const lineNumber = reading.next++;
      const found = this.#find(document.lineAt(lineNumber).text);
      if (found !== undefined) this.#add(reading, { lineNumber, found });
      yield;
    }
    return reading.lines.slice(-this.#limit);
  }

  dispose(): void {
    this.#listener.dispose();
  }

  #add(reading: Reading<T>, line: FoundLine<T>): void {
    reading.lines.push(line);
    // Not one by one, which would move all others each time.
    if (reading.lines.length <= 2 * this.#limit) return;
    reading.lines.splice(0, this.#limit);
    reading.isCut = true;
  }

  #forget({ document, contentChanges }: TextDocumentChangeEvent): void {
    const reading = this.#readings.get(document);
    if (!reading) return;
    const first = Math.min(...contentChanges.map(({ range }) => range.start.line));
    if (first >= reading.next) return;
    reading.next = first;
    reading.lines = reading.lines.filter(({ lineNumber }) => lineNumber < first);
    // Earlier ones that weren't kept are among the last ones now.
    if (reading.isCut && reading.lines.length < this.#limit)
      Object.assign(reading, { lines: [], next: 0, isCut: false } satisfies Reading<T>);
  }
}
