import { posix } from "node:path";
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
import { type FoundLine, LineFinder } from "./lineFinder.ts";
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

/** Links from the frames of stack traces to files of the workspace. */
export class StackLinks implements Disposable {
  readonly #frames = new LineFinder(findFrame, MAX_LINKS);
  /** The files of the workspace by name, also where there are none. */
  readonly #files = new Map<string, Files>();
  #sinceMs = 0;

  /** The links of a document. */
  async find(document: TextDocument, token: CancellationToken): Promise<DocumentLink[]> {
    if (!workspace.workspaceFolders?.length) return [];
    if (performance.now() - this.#sinceMs > KNOWN_MS) this.#forget();
    const frames = await inSlices(this.#frames.find(document));
    const names = new Set<string>();
    const links: DocumentLink[] = [];
    for (const frame of frames.toReversed()) {
      if (token.isCancellationRequested) return [];
      const { path } = frame.found;
      const name = posix.basename(plainPath(path));
      if (names.size >= MAX_NAMES && !names.has(name)) continue;
      names.add(name);
      const file = fittingFile(path, await this.#filesNamed(name));
      if (file) links.push(toLink(frame, file));
    }
    return links;
  }

  dispose(): void {
    this.#frames.dispose();
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

function toLink({ lineNumber, found }: FoundLine<StackFrame>, file: Uri): DocumentLink {
  const { column, end, line, start } = found;
  const place = column === undefined ? `L${line}` : `L${line},${column}`;
  const link = new DocumentLink(
    new Range(lineNumber, start, lineNumber, end),
    file.with({ fragment: place }),
  );
  link.tooltip = `Open ${workspace.asRelativePath(file)}`;
  return link;
}
