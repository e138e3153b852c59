import type { DisposableStore } from "../disposables.ts";
import { History, type HistoryParts } from "../history/history.ts";
import { HistoryDocuments, type HistoryDocumentsParts } from "./historyDocuments.ts";
import { HistoryView, type HistoryViewParts } from "./historyView.ts";

/** The history with what shows it. */
interface ShownHistory {
  history: History;
  historyView: HistoryView;
  historyDocuments: HistoryDocuments;
}

/** Makes the history with its view and documents. */
export function showHistory(
  parts: HistoryParts & Omit<HistoryDocumentsParts & HistoryViewParts, "history">,
  disposables: DisposableStore,
): ShownHistory {
  const history = disposables.add(new History(parts));
  const historyView = disposables.add(new HistoryView({ ...parts, history }));
  const historyDocuments = disposables.add(new HistoryDocuments({ ...parts, history }));
  return { history, historyView, historyDocuments };
}
