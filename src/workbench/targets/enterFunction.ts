import { window } from "vscode";
import { formatFunctionName, readFunctionName } from "../../core/functions/functionName.ts";
import type { Target } from "../../core/functions/target.ts";
import type { WorkspaceState } from "../workspaceState.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";

/** Asks for a function by its name or ARN, and at which connection; it is remembered there. */
export async function enterFunction(
  connections: readonly ConnectionFunctions[],
  workspaceState: WorkspaceState,
  typed: string,
): Promise<Target | undefined> {
  const connection = await askForConnection(connections);
  if (connection === undefined) return undefined;
  const text = await window.showInputBox({
    title: `Enter a Name or ARN on ${connection}`,
    prompt: "A function's name or ARN, with a version or alias behind a colon if you want one",
    placeHolder: "order, order:live or arn:aws:lambda:eu-west-1:123456789012:function:order",
    value: typed,
    ignoreFocusOut: true,
    validateInput: (value) =>
      readFunctionName(value) ? undefined : "Write a function's name or ARN, for example order or order:live",
  });
  const found = text === undefined ? undefined : readFunctionName(text);
  if (!found) return undefined;
  const target = { connection, function: formatFunctionName(found), qualifier: found.qualifier };
  await workspaceState.enter(target);
  return target;
}

async function askForConnection(connections: readonly ConnectionFunctions[]): Promise<string | undefined> {
  const [first, ...others] = connections.map(({ connection }) => connection.name);
  if (first === undefined || others.length === 0) return first;
  const options = { title: "Enter a Name or ARN", placeHolder: "Select the connection of the function" };
  return window.showQuickPick([first, ...others], options);
}
