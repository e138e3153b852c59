import { posix } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  type CancellationToken,
  type Disposable,
  DocumentLink,
  Range,
  type TextDocument,
  type Uri,
  workspace,
} from "vscode";
import { findFrame, type StackFrame } from "../../core/stack/findFrame.ts";
import { fittingFile, plainPath, type SourceFile } from "../../core/stack/fitPath.ts";
import { DisposableStore } from "../disposables.ts";

/** The most links of a document, the last ones, and the most names of files that are looked for at once. */
const MAX_LINKS = 2000;
const MAX_NAMES = 200;
/** The most files of a name. If there are more, none of them is meant for certain. */
const MAX_FILES = 50;
/** Lines between two times at which other work may be done. */
const STEP_LINES = 500;
const NOT_SOURCES = "**/{node_modules,.git,.venv,venv,site-packages,__pycache__,.aws-sam,.serverless}/**";

type Files = Promise<readonly SourceFile<Uri>[]>;

interface PlacedFrame extends StackFrame {
  lineNumber: number;
}

/** Links from the frames of stack traces to files of the workspace. */
export class StackLinks implements Disposable {
  readonly #disposables = new DisposableStore();
  /** The files of the workspace, by their names; forgotten when one comes or goes. */
  readonly #files = new Map<string, Files>();

  constructor() {
    const forget = (): void => this.#files.clear();
    this.#disposables.add(workspace.onDidCreateFiles(forget));
    this.#disposables.add(workspace.onDidDeleteFiles(forget));
    this.#disposables.add(workspace.onDidRenameFiles(forget));
    this.#disposables.add(workspace.onDidChangeWorkspaceFolders(forget));
  }

  /** The links of a document. */
  async find(document: TextDocument, token: CancellationToken): Promise<DocumentLink[]> {
    if (!workspace.workspaceFolders?.length) return [];
    const frames = await framesOf(document, token);
    const links: DocumentLink[] = [];
    for (const frame of frames) {
      if (token.isCancellationRequested) return [];
      const file = fittingFile(frame.path, await this.#filesNamed(posix.basename(plainPath(frame.path))));
      if (file) links.push(toLink(frame, file));
    }
    return links;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #filesNamed(name: string): Files {
    const known = this.#files.get(name);
    if (known) return known;
    const [oldest] = this.#files.keys();
    if (this.#files.size >= MAX_NAMES && oldest !== undefined) this.#files.delete(oldest);
    const found = findFiles(name);
    this.#files.set(name, found);
    // A file that another program makes is told by no event.
    void found.then((files) => (files.length === 0 ? this.#files.delete(name) : undefined));
    return found;
  }
}

/** The frames of a document, from its end if there are too many. */
async function framesOf(document: TextDocument, token: CancellationToken): Promise<readonly PlacedFrame[]> {
  const frames: PlacedFrame[] = [];
  for (let lineNumber = document.lineCount - 1; lineNumber >= 0 && frames.length < MAX_LINKS; lineNumber--) {
    const frame = findFrame(document.lineAt(lineNumber).text);
    if (frame) frames.push({ ...frame, lineNumber });
    if (lineNumber % STEP_LINES === 0) await setImmediate();
    if (token.isCancellationRequested) return [];
  }
  return frames;
}

async function findFiles(name: string): Files {
  // In a glob, brackets and braces mean something.
  const pattern = `**/${name.replaceAll(/[[\]{}*?]/g, "?")}`;
  const files = await workspace.findFiles(pattern, NOT_SOURCES, MAX_FILES + 1);
  if (files.length > MAX_FILES) return [];
  return files
    .filter(({ path }) => posix.basename(path) === name)
    .map((file) => ({
      file,
      path: file.path.replace(/^\/(?=[A-Za-z]:\/)/, ""),
      relativePath: workspace.asRelativePath(file, false),
    }));
}

function toLink({ column, end, line, lineNumber, start }: PlacedFrame, file: Uri): DocumentLink {
  const place = column === undefined ? `L${line}` : `L${line},${column}`;
  const link = new DocumentLink(
    new Range(lineNumber, start, lineNumber, end),
    file.with({ fragment: place }),
  );
  link.tooltip = `Open ${workspace.asRelativePath(file)}`;
  return link;
}
