import { posix } from "node:path";
import { type CancellationToken, DocumentLink, Range, type TextDocument, type Uri, workspace } from "vscode";
import type { Steps } from "../../core/output/steps.ts";
import { findFrame, type StackFrame } from "../../core/stack/findFrame.ts";
import { fittingFile, plainPath, type SourceFile } from "../../core/stack/fitPath.ts";
import { inSlices } from "./slices.ts";

/** The most links of a document, the last ones. */
const MAX_LINKS = 2000;
/** The most names of files that are looked for in a document, the last ones: each look walks the workspace. */
const MAX_NAMES = 50;
/** The most files of a name. If there are more, none of them is meant for certain. */
const MAX_FILES = 50;
/** How long it stays known which files have a name, in milliseconds. */
const KNOWN_MS = 10_000;
const NOT_SOURCES = "**/{node_modules,.git,.venv,venv,site-packages,__pycache__,.aws-sam,.serverless}/**";

type Files = Promise<readonly SourceFile<Uri>[]>;

interface PlacedFrame extends StackFrame {
  lineNumber: number;
}

/** Links from the frames of stack traces to files of the workspace. */
export class StackLinks {
  /** The files of the workspace by name, also where there are none. */
  readonly #files = new Map<string, Files>();
  #sinceMs = 0;

  /** The links of a document. */
  async find(document: TextDocument, token: CancellationToken): Promise<DocumentLink[]> {
    if (!workspace.workspaceFolders?.length) return [];
    if (performance.now() - this.#sinceMs > KNOWN_MS) this.#forget();
    const frames = await inSlices(framesOf(document, token));
    const names = new Set<string>();
    const links: DocumentLink[] = [];
    for (const frame of frames) {
      if (token.isCancellationRequested) return [];
      const name = posix.basename(plainPath(frame.path));
      if (names.size >= MAX_NAMES && !names.has(name)) continue;
      names.add(name);
      const file = fittingFile(frame.path, await this.#filesNamed(name));
      if (file) links.push(toLink(frame, file));
    }
    return links;
  }

  #forget(): void {
    this.#files.clear();
    this.#sinceMs = performance.now();
  }

  #filesNamed(name: string): Files {
    const files = this.#files.get(name) ?? findFiles(name);
    this.#files.set(name, files);
    return files;
  }
}

/** The frames of a document, from its end if there are too many. */
function* framesOf(document: TextDocument, token: CancellationToken): Steps<readonly PlacedFrame[]> {
  const frames: PlacedFrame[] = [];
  for (let lineNumber = document.lineCount - 1; lineNumber >= 0 && frames.length < MAX_LINKS; lineNumber--) {
    if (token.isCancellationRequested) return [];
    const frame = findFrame(document.lineAt(lineNumber).text);
    if (frame) frames.push({ ...frame, lineNumber });
    yield;
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
