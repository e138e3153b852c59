import { type Disposable, EventEmitter, Uri, window, workspace } from "vscode";
import { LOG_SCHEME } from "../../contributions.ts";
import { DisposableStore } from "../disposables.ts";
import type { askForRequest, confirmLiveTail, LogDocuments, LogDocumentsParts } from "./logDocuments.ts";
import type { LoggedFunction } from "./openLog.ts";

/** What the code that follows logs offers. */
interface LogModule {
  LogDocuments: typeof LogDocuments;
  askForRequest: typeof askForRequest;
  confirmLiveTail: typeof confirmLiveTail;
}

/** What is done with a log in its document. */
export type LogAction =
  | "pause"
  | "resume"
  | "stop"
  | "clear"
  | "filter"
  | "showAll"
  | "showDetails"
  | "hideDetails"
  | "startLive"
  | "stopLive";

/** Logs that are followed in documents. What does it is loaded by the first use. */
export class FollowLogs implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new EventEmitter<Uri>());
  readonly #load: () => Promise<LogModule>;
  readonly #parts: Omit<LogDocumentsParts, "changed">;
  #loading: Promise<{ documents: LogDocuments; module: LogModule }> | undefined;

  constructor(load: () => Promise<LogModule>, parts: Omit<LogDocumentsParts, "changed">) {
    this.#load = load;
    this.#parts = parts;
    this.#disposables.add(
      workspace.registerTextDocumentContentProvider(LOG_SCHEME, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: async (uri) => (await this.#loaded()).documents.find(uri).content,
      }),
    );
  }

  /** Opens the log of a function, and follows it. */
  async follow(logged: LoggedFunction): Promise<void> {
    await (await this.#loaded()).documents.follow(logged);
  }

  /** Does something with the log of a document, by default the active one. */
  async act(action: LogAction, given: unknown): Promise<void> {
    const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
    if (uri?.scheme !== LOG_SCHEME) return;
    const { documents, module } = await this.#loaded();
    const log = documents.find(uri);
    switch (action) {
      case "pause":
        return log.pause();
      case "resume":
        return log.start();
      case "stop":
        return log.stop();
      case "clear":
        return log.clear();
      case "startLive":
        if (await module.confirmLiveTail(log.logged)) documents.live(uri).start();
        return;
      case "stopLive":
        return documents.live(uri).stop();
      case "showDetails":
        return documents.showDetails(true);
      case "hideDetails":
        return documents.showDetails(false);
      case "showAll":
        return log.filter(undefined);
      case "filter": {
        const requestId = await module.askForRequest(log.requests);
        if (requestId !== undefined) log.filter(requestId);
      }
    }
  }

  dispose(): void {
    void this.#loading?.then(({ documents }) => documents.dispose());
    this.#disposables.dispose();
  }

  #loaded(): Promise<{ documents: LogDocuments; module: LogModule }> {
    this.#loading ??= this.#load().then((module) => {
      const changed = (uri: Uri): void => this.#changed.fire(uri);
      return { module, documents: new module.LogDocuments({ ...this.#parts, changed }) };
    });
    return this.#loading;
  }
}
