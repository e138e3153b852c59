import {
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { compareDocument } from "../../core/output/compareModes.ts";
import { shortId } from "../../core/output/outputBlock.ts";
import { DisposableStore } from "../disposables.ts";
import type { InvocationStore } from "../invocations/invocationStore.ts";
import type { Settings } from "../settings.ts";

const SCHEME = "lambda-compare";

/** Documents that set a synchronous and an asynchronous invocation side by side; they go on with the event. */
export class ModeComparisons implements Disposable, TextDocumentContentProvider {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new EventEmitter<Uri>());
  readonly #store: Pick<InvocationStore, "find" | "onDidChange">;
  readonly #settings: Pick<Settings, "followAsync">;

  readonly onDidChange = this.#changed.event;

  constructor(store: Pick<InvocationStore, "find" | "onDidChange">, settings: Pick<Settings, "followAsync">) {
    this.#store = store;
    this.#settings = settings;
    this.#disposables.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
    // An attempt may end while the document is being opened.
    this.#disposables.add(
      workspace.onDidOpenTextDocument((document) => {
        const { uri } = document;
        const isOurs = uri.scheme === SCHEME;
        if (isOurs && document.getText() !== this.provideTextDocumentContent(uri)) this.#changed.fire(uri);
      }),
    );
    this.#disposables.add(
      store.onDidChange((change) => {
        if (change.type === "attempt" || change.type === "gaveUp") this.#refresh(change.event.requestId);
      }),
    );
  }

  async open(synchronous: InvocationRecord, asynchronous: InvocationRecord): Promise<void> {
    const uri = Uri.from({
      scheme: SCHEME,
      path: `/${synchronous.function.name} compared.md`,
      query: [shortId(synchronous), shortId(asynchronous)].join(" "),
    });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: Uri): string {
    const [synchronous, asynchronous] = this.#recordsOf(uri);
    if (!synchronous || !asynchronous) return "These invocations aren't kept any more. Compare again.\n";
    return compareDocument({ synchronous, asynchronous, isFollowed: this.#settings.followAsync() });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #recordsOf({ query }: Uri): (InvocationRecord | undefined)[] {
    return query.split(" ").map((id) => this.#store.find((record) => shortId(record) === id));
  }

  /** The documents that are open and have the event. */
  #refresh(requestId: string): void {
    for (const { uri } of workspace.textDocuments) {
      const isMeant = uri.scheme === SCHEME && this.#recordsOf(uri)[1]?.requestId === requestId;
      if (isMeant) this.#changed.fire(uri);
    }
  }
}
