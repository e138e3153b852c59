import assert from "node:assert/strict";
import * as vscode from "vscode";
import { COMMANDS, type InvokeArgument, type InvokeResult } from "../../../src/contributions.ts";
import { WAIT_MS } from "../../../tools/testing/limits.ts";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";

/** Our extension as the host knows it. */
export function ourExtension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension("lambda-invoke.lambda-invoke");
  assert.ok(found, "the extension is not installed");
  return found;
}

/** Runs an invoking command as another extension, a task or a keybinding does. */
export async function run(
  command: keyof Pick<
    typeof COMMANDS,
    "invoke" | "invokeAsync" | "invokeStreaming" | "dryRun" | "invokeAgain"
  >,
  argument?: InvokeArgument | vscode.Uri,
): Promise<InvokeResult> {
  return vscode.commands.executeCommand<InvokeResult>(COMMANDS[command], argument);
}

/** The record of an invocation that was made. */
export async function recordOf(result: Promise<InvokeResult>): Promise<InvocationRecord> {
  const record = await result;
  assert.ok(record, "nothing was invoked");
  return record;
}

/** The document behind the output panel; it is there once the panel has been shown. */
export function outputDocument(): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ uri, languageId }) => uri.scheme === "output" && languageId === "lambda-output",
  );
}

/** The text of the output panel. */
export function outputText(): string {
  return outputDocument()?.getText() ?? "";
}

/** Whether the panel has the block of an attempt at an accepted event. */
export function shows(requestId: string | undefined, attempt: string): boolean {
  return new RegExp(`━━━ ${attempt}: [^━]*━━━[^━]*${requestId}`).test(outputText());
}

/** Waits until a value is there that a user would wait for, asked for after each of VS Code's events and every 50 ms. */
export async function until<T>(what: string, find: () => T | undefined | false): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`It never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
