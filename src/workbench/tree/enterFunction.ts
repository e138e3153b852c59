import { window } from "vscode";
import { readEnteredFunction } from "../../core/functions/enteredFunction.ts";
import type { Target } from "../../core/functions/target.ts";
import type { Memory } from "../workspaceState.ts";
import type { Shelf } from "./catalog.ts";

/** Asks for a function by its name or ARN, and at which connection; it is remembered there. */
export async function enterFunction(
  shelves: readonly Shelf[],
  memory: Memory,
  typed: string,
): Promise<Target | undefined> {
  const connection = await askForConnection(shelves);
  if (connection === undefined) return undefined;
  const text = await window.showInputBox({
    title: `Enter a Name or ARN on ${connection}`,
    prompt: "A function's name or ARN, with a version or alias behind a colon if you want one",
    placeHolder: "order, order:live or arn:aws:lambda:eu-west-1:123456789012:function:order",
    value: typed,
    ignoreFocusOut: true,
    validateInput: (value) =>
      readEnteredFunction(value)
        ? undefined
        : "Write a function's name or ARN, for example order or order:live",
  });
  const found = text === undefined ? undefined : readEnteredFunction(text);
  if (!found) return undefined;
  const target = { connection, ...found };
  await memory.enter(target);
  return target;
}

async function askForConnection(shelves: readonly Shelf[]): Promise<string | undefined> {
  const [first, ...others] = shelves.map(({ connection }) => connection.name);
  if (first === undefined || others.length === 0) return first;
  const options = { title: "Enter a Name or ARN", placeHolder: "Select the connection of the function" };
  return window.showQuickPick([first, ...others], options);
}
