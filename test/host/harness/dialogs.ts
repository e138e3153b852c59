import * as vscode from "vscode";

/** The questions and messages that came up while it was in place. */
export interface Dialogs extends Disposable {
  /** Every text that was shown, in order. */
  readonly shown: string[];
}

type Show = typeof vscode.window.showInformationMessage;

/**
 * Stands in for a user at VS Code's messages, which a test run hides: chooses the button with that title wherever one
 * is offered, or each of several once, in their order; closes every other message. Types something wherever it's asked for,
 * or backs out.
 */
export function answerDialogs(buttons?: string | readonly string[], typed?: string): Dialogs {
  const shown: string[] = [];
  const left = typeof buttons === "string" ? undefined : [...(buttons ?? [])];
  const choose = (message: string, ...rest: unknown[]): Promise<unknown> => {
    shown.push(message);
    const button = left ? left[0] : buttons;
    const chosen = rest.find((item) => button !== undefined && titleOf(item) === button);
    if (chosen !== undefined) left?.shift();
    return Promise.resolve(chosen);
  };
  const { showInformationMessage, showWarningMessage, showErrorMessage, showInputBox } = vscode.window;
  vscode.window.showInputBox = ({ title = "" }: vscode.InputBoxOptions = {}) => {
    shown.push(title);
    return Promise.resolve(typed);
  };
  const put = (information: unknown, warning: unknown, error: unknown): void => {
    vscode.window.showInformationMessage = information as Show;
    vscode.window.showWarningMessage = warning as Show;
    vscode.window.showErrorMessage = error as Show;
  };
  put(choose, choose, choose);
  return {
    shown,
    [Symbol.dispose]: () => {
      put(showInformationMessage, showWarningMessage, showErrorMessage);
      vscode.window.showInputBox = showInputBox;
    },
  };
}

function titleOf(item: unknown): string | undefined {
  if (typeof item === "string") return item;
  const isButton = typeof item === "object" && item !== null && "title" in item;
  return isButton && typeof item.title === "string" ? item.title : undefined;
}
