import { type Disposable, type DocumentLinkProvider, languages } from "vscode";
import { HISTORY_SCHEME, LOG_SCHEME, OUTPUT } from "../../contributions.ts";
import type { StackLinks } from "./stackLinks.ts";

/** The panel, the history's documents, and logs. */
const SELECTOR = [
  { scheme: "output", language: OUTPUT.language },
  { scheme: HISTORY_SCHEME },
  { scheme: LOG_SCHEME },
];

/** Links stack traces to files of the workspace. What does it is loaded by the first document. */
export function registerStackLinks(load: () => Promise<{ StackLinks: typeof StackLinks }>): Disposable {
  let loading: Promise<StackLinks> | undefined;
  const provider: DocumentLinkProvider = {
    provideDocumentLinks: async (document, token) => {
      loading ??= load().then((module) => new module.StackLinks());
      return (await loading).find(document, token);
    },
  };
  const registered = languages.registerDocumentLinkProvider(SELECTOR, provider);
  return {
    dispose: () => {
      registered.dispose();
      loading?.then(
        (links) => links.dispose(),
        () => {},
      );
    },
  };
}
