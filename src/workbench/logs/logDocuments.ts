import { Range, TabInputText, type TextEditor, TextEditorRevealType, Uri, window, workspace } from "vscode";
import { COMMANDS, CONTEXT_KEYS, LOG_SCHEME } from "../../contributions.ts";
import { LOCAL } from "../../core/connections/connections.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import type { LoggedRequest } from "../../core/logs/logText.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import { fixAction } from "../report.ts";
import { pickLabel } from "../pickLabel.ts";
import { FollowedLog, type FollowedLogParts } from "./followedLog.ts";
import { LiveTail } from "./liveTail.ts";
import type { LoggedFunction } from "./openLog.ts";

export { confirmLiveTail } from "./liveTail.ts";

/** What the documents need. */
export interface LogDocumentsParts extends FollowedLogParts {
  store: Pick<InvocationStore, "onDidChange">;
  /** The content of a document has changed. */
  changed(uri: Uri): void;
}

interface OpenLog {
  uri: Uri;
  log: FollowedLog;
  live: LiveTail;
}

/** The documents that show logs: one for each function at each connection. Closing one ends reading. */
export class LogDocuments {
  readonly #parts: LogDocumentsParts;
  readonly #disposables = new DisposableStore();
  readonly #open = new Map<string, OpenLog>();
  /** Those that have had a tab. */
  readonly #shown = new Set<string>();
  /** Editors that showed the end of their document before it changed. */
  readonly #atEnd = new Set<TextEditor>();
  /** Editors that were told to show it, and haven't said yet what they show. */
  readonly #revealing = new Set<TextEditor>();
  /** In all logs of the window. */
  #showsDetails = false;
  /** What `when` clauses were told last. */
  #context = "";

  constructor(parts: LogDocumentsParts) {
    this.#parts = parts;
    const add = this.#disposables.add.bind(this.#disposables);
    add(window.tabGroups.onDidChangeTabs(() => this.#dropClosed()));
    add(workspace.onDidChangeTextDocument(({ document }) => this.#reveal(document.uri)));
    add(window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#revealing.delete(textEditor)));
    // A line may come while the document is being opened.
    add(
      workspace.onDidOpenTextDocument((document) => {
        const open = this.#open.get(document.uri.toString());
        if (open && document.getText() !== open.log.content) parts.changed(open.uri);
      }),
    );
    add(
      parts.store.onDidChange((change) => {
        if (change.type === "started" || change.type === "ended") this.#hurry(change.invocation.spec);
      }),
    );
  }

  /** Opens the log of a function, and follows it. */
  async follow(logged: LoggedFunction): Promise<void> {
    const uri = uriOf(logged);
    const { log } = this.#open.get(uri.toString()) ?? this.#add(uri, logged);
    log.start();
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(document, { preview: false });
    revealEnd(editor);
  }

  /** The log that a document shows, also one of an earlier window, which isn't followed until that is asked for. */
  find(uri: Uri): FollowedLog {
    return this.#opened(uri).log;
  }

  /** The Live Tail of that log. */
  live(uri: Uri): LiveTail {
    return this.#opened(uri).live;
  }

  /** Shows the details of each line, or those of errors only, in all logs. */
  showDetails(areShown: boolean): void {
    this.#showsDetails = areShown;
    for (const { log } of this.#open.values()) log.showDetails(areShown);
    setContext(CONTEXT_KEYS.logDetails, areShown);
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const open of this.#open.values()) dispose(open);
    this.#open.clear();
  }

  #opened(uri: Uri): OpenLog {
    const known = this.#open.get(uri.toString());
    if (known) return known;
    const open = this.#add(uri, JSON.parse(uri.query) as LoggedFunction);
    open.log.note(
      "Not followed since the window or this document was opened anew. Resume with the button in the title.",
    );
    return open;
  }

  #add(uri: Uri, logged: LoggedFunction): OpenLog {
    const log = new FollowedLog(logged, this.#parts);
    log.showDetails(this.#showsDetails);
    const live = new LiveTail(log, {
      ...this.#parts,
      onDidChange: () => this.#updateContext(),
      onTimeout: () => offerLiveTail(uri, logged),
    });
    const open = { uri, log, live };
    this.#open.set(uri.toString(), open);
    if (urisInTabs().has(uri.toString())) this.#shown.add(uri.toString());
    open.log.onDidChange(() => {
      this.#updateContext();
      for (const editor of window.visibleTextEditors)
        if (open.log.state !== "paused" && this.#showsEnd(editor, uri)) this.#atEnd.add(editor);
      this.#parts.changed(uri);
    });
    return open;
  }

  #dropClosed(): void {
    const inTabs = urisInTabs();
    for (const [key, open] of this.#open) {
      const isOpening = !this.#shown.has(key);
      if (inTabs.has(key)) this.#shown.add(key);
      else if (!isOpening) {
        dispose(open);
        this.#open.delete(key);
        this.#shown.delete(key);
      }
    }
    this.#updateContext();
  }

  #reveal(uri: Uri): void {
    for (const editor of this.#atEnd) {
      if (!isOf(editor, uri)) continue;
      revealEnd(editor);
      this.#atEnd.delete(editor);
      this.#revealing.add(editor);
    }
  }

  #showsEnd(editor: TextEditor, uri: Uri): boolean {
    if (!isOf(editor, uri)) return false;
    const last = editor.visibleRanges.at(-1);
    const isEnd = last !== undefined && last.end.line >= editor.document.lineCount - 2;
    return isEnd || this.#revealing.has(editor);
  }

  #hurry({ connection, function: { name } }: Pick<LoggedFunction, "connection" | "function">): void {
    for (const { log } of this.#open.values())
      if (log.logged.connection === connection && log.logged.function.name === name) log.hurry();
  }

  #updateContext(): void {
    const which = (isMeant: (log: FollowedLog, live: LiveTail) => boolean): string[] =>
      [...this.#open].filter(([, { live, log }]) => isMeant(log, live)).map(([key]) => key);
    const context = {
      [CONTEXT_KEYS.followedLogs]: which(({ state }) => state === "following"),
      [CONTEXT_KEYS.pausedLogs]: which(({ state }) => state === "paused"),
      [CONTEXT_KEYS.filteredLogs]: which(({ isFiltered }) => isFiltered),
      [CONTEXT_KEYS.liveLogs]: which((_log, live) => live.isOpen),
      [CONTEXT_KEYS.awsLogs]: which(({ logged }) => logged.connection !== LOCAL.name),
    };
    if (JSON.stringify(context) === this.#context) return;
    this.#context = JSON.stringify(context);
    for (const key of LOG_KEYS) setContext(key, context[key]);
  }
}

const LOG_KEYS = [
  CONTEXT_KEYS.followedLogs,
  CONTEXT_KEYS.pausedLogs,
  CONTEXT_KEYS.filteredLogs,
  CONTEXT_KEYS.liveLogs,
  CONTEXT_KEYS.awsLogs,
] as const;

function dispose({ live, log }: OpenLog): void {
  live.dispose();
  log.dispose();
}

/** A session has ended because it may be open only for so long. */
function offerLiveTail(uri: Uri, { connection, function: fn }: LoggedFunction): void {
  const message = `${labelOf(fn)} (${connection}): Live Tail ended after three hours, its limit. The log is followed without it.`;
  const start = fixAction({ title: "Start Live Tail…", command: COMMANDS.startLiveTail, arguments: [uri] });
  void window.showInformationMessage(message, start).then((chosen) => chosen?.run());
}

function uriOf(logged: LoggedFunction): Uri {
  const { connection, function: fn } = logged;
  const path = `/${labelOf(fn)} on ${connection} log`.replaceAll(/(?!^)[/\\]/g, "-");
  return Uri.from({ scheme: LOG_SCHEME, path, query: JSON.stringify(logged) });
}

function urisInTabs(): ReadonlySet<string> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return new Set(tabs.map(({ input }) => (input instanceof TabInputText ? input.uri.toString() : "")));
}

function isOf(editor: TextEditor, uri: Uri): boolean {
  return editor.document.uri.toString() === uri.toString();
}

function revealEnd(editor: TextEditor): void {
  const last = editor.document.lineCount - 1;
  editor.revealRange(new Range(last, 0, last, 0), TextEditorRevealType.Default);
}

/** Asks for the request that is to be shown alone: one of those in the log, or any. */
export async function askForRequest(requests: readonly LoggedRequest[]): Promise<string | undefined> {
  const pick = window.createQuickPick();
  pick.title = "Filter Log by Request";
  pick.placeholder = "Select a request, or enter its id";
  const listed = requests.map(({ atMs, requestId }) => ({
    label: requestId,
    description: new Date(atMs).toLocaleTimeString(),
  }));
  const fill = (): void => {
    const typed = pick.value.trim();
    const isNew = typed !== "" && !listed.some(({ label }) => label === typed);
    pick.items = isNew ? [...listed, { label: typed, description: "this id" }] : listed;
  };
  pick.onDidChangeValue(fill);
  fill();
  return pickLabel(pick);
}
