import { ProgressLocation, window } from "vscode";
import type { Question, TypedQuestion } from "../../core/guard/question.ts";
import type { GuardedCall } from "../../core/invocation/guardPass.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";

/** Asks a question that stops everything else until it's answered. */
export async function confirm({ message, detail, yes }: Question): Promise<boolean> {
  return (await window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

/** Asks for a name to be typed; true if it was. */
export async function confirmByTyping({ title, prompt, wanted }: TypedQuestion): Promise<boolean> {
  const isWanted = (text: string | undefined): boolean => text?.trim() === wanted;
  const typed = await window.showInputBox({
    title,
    prompt,
    placeHolder: wanted,
    ignoreFocusOut: true,
    validateInput: (text) => (isWanted(text) ? undefined : `Type ${wanted}, or press Escape to cancel`),
  });
  return isWanted(typed);
}

/** Reads a function's tags, with a way to stop waiting. Rejects with a cancellation if the person takes it. */
export async function readTags(
  { function: fn, connection }: GuardedCall,
  catalog: Pick<FunctionCatalog, "open">,
): Promise<Readonly<Record<string, string>> | undefined> {
  const title = `Reading the tags of ${fn.name} on ${connection.name}`;
  const options = { location: ProgressLocation.Notification, cancellable: true, title };
  return window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => controller.abort());
    try {
      const api = await catalog.open(connection, controller.signal);
      const tags = await api.tags(fn.arn ?? fn.name, controller.signal);
      controller.signal.throwIfAborted();
      return tags;
    } finally {
      listener.dispose();
    }
  });
}
