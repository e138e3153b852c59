import { env, Uri, window } from "vscode";
import { consoleUrl } from "../../core/functions/consoleUrl.ts";
import { UserError } from "../../core/userError.ts";
import { currentJsonEditor } from "../editor/jsonEditor.ts";
import { findFunction, type PromptServices } from "../targets/resolveTarget.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { pickFunction } from "../targets/pickFunction.ts";

/** What the commands on a function need. */
export interface FunctionCommandParts {
  prompts: PromptServices;
}

/** How long the status bar says that something was copied, in milliseconds. */
const COPIED_MS = 3000;

/** The commands on a function, beside those that invoke it. */
export function functionCommands({
  prompts,
}: FunctionCommandParts): CommandHandlers<
  "selectFunction" | "pointAtRow" | "copyName" | "copyArn" | "openInConsole"
> {
  return {
    selectFunction: () => selectFunction(prompts),
    pointAtRow: (node) => (node instanceof FunctionNode ? prompts.targets.select(node) : undefined),
    copyName: async (node) => copy((await findFunction(node, prompts, "Copy the Name of"))?.function),
    copyArn: async (node) => copy(await findArn(node, prompts, "Copy the ARN of")),
    openInConsole: async (node) => openInConsole(await findArn(node, prompts, "Open in AWS Console")),
  };
}

async function selectFunction(prompts: PromptServices): Promise<void> {
  const file = currentJsonEditor()?.document.uri;
  if (!file)
    throw new UserError("Open a JSON file first: a function is selected for the payload in an editor.");
  const picked = await pickFunction(prompts, "Select the Function for This Editor");
  if (picked) await prompts.targets.bind(file, picked);
}

async function openInConsole(arn: string | undefined): Promise<void> {
  if (arn === undefined) return;
  const url = consoleUrl(arn);
  if (url === undefined)
    throw new UserError(`${arn} has no page in the AWS console. Select a function of AWS.`);
  await env.openExternal(Uri.parse(url));
}

async function findArn(node: unknown, prompts: PromptServices, title: string): Promise<string | undefined> {
  const target = await findFunction(node, prompts, title);
  if (!target) return undefined;
  const arn = prompts.catalog.find(target.connection, target.function)?.arn;
  if (arn !== undefined) return arn;
  throw new UserError(
    `The ARN of ${target.function} isn't known: ${target.connection} isn't listed. Refresh the view.`,
  );
}

async function copy(text: string | undefined): Promise<void> {
  if (text === undefined) return;
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(`Copied ${text}`, COPIED_MS);
}
