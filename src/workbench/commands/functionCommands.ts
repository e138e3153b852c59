import { type Disposable, env, Uri, window } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import { consoleUrl } from "../../core/functions/consoleUrl.ts";
import type { SourcePlace } from "@lambda-invoke/local/contract/state.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import { pickFunction } from "../commands/pickFunction.ts";
import { type PromptServices, findFunction } from "./invokeArgument.ts";
import type { Invoker } from "../invocations/invoker.ts";
import { activeJsonEditor } from "../editor/jsonEditor.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import { openPlace } from "../openPlace.ts";
import type { Reporter } from "../report.ts";
import { isFunctionRow } from "../tree/rows.ts";
import { targetOf } from "../editor/targets.ts";

/** What the commands on functions need. */
export interface FunctionCommandParts {
  prompts: PromptServices;
  invoker: Invoker;
  output: OutputPanel;
  reporter: Reporter;
}

/** Registers the commands that invoke functions, and those that tell of them. */
export function registerFunctionCommands({
  prompts,
  invoker,
  output,
  reporter,
}: FunctionCommandParts): Disposable {
  const store = new DisposableStore();
  const add = (id: string, run: (argument?: unknown) => unknown): void => {
    store.add(reporter.command(id, run));
  };
  add(COMMANDS.invoke, (argument) => invoker.run("RequestResponse", argument));
  add(COMMANDS.invokeAsync, (argument) => invoker.run("Event", argument));
  add(COMMANDS.dryRun, (argument) => invoker.run("DryRun", argument));
  add(COMMANDS.debugLocal, (argument) => invoker.debug(argument));
  add(COMMANDS.invokeAgain, () => invoker.again());
  add(COMMANDS.cancelInvocation, (row) => invoker.cancel(isFunctionRow(row) ? targetOf(row) : undefined));
  add(COMMANDS.selectFunction, () => selectFunction(prompts));
  add(COMMANDS.copyName, (row) => copyName(row, prompts));
  add(COMMANDS.copyArn, (row) => copyArn(row, prompts));
  add(COMMANDS.openInConsole, (row) => openInConsole(row, prompts));
  add(COMMANDS.openPlace, (place) => openPlace(place as SourcePlace));
  add(COMMANDS.openResponse, (recordId) => output.openResponse(recordId));
  add(COMMANDS.showOutput, () => output.show());
  return store;
}

async function selectFunction(prompts: PromptServices): Promise<void> {
  const file = activeJsonEditor()?.document.uri;
  if (!file)
    throw new UserError("Open a JSON file first: a function is selected for the payload in an editor.");
  const picked = await pickFunction(prompts, "Select the Function for This Editor");
  if (picked) await prompts.targets.bind(file, picked);
}

async function copyName(row: unknown, prompts: PromptServices): Promise<void> {
  const target = await findFunction(row, prompts, "Copy the Name of");
  if (target) await copy(target.function);
}

async function copyArn(row: unknown, prompts: PromptServices): Promise<void> {
  const arn = await findArn(row, prompts, "Copy the ARN of");
  if (arn !== undefined) await copy(arn);
}

async function openInConsole(row: unknown, prompts: PromptServices): Promise<void> {
  const arn = await findArn(row, prompts, "Open in AWS Console");
  if (arn === undefined) return;
  const url = consoleUrl(arn);
  if (url === undefined)
    throw new UserError(`${arn} has no page in the AWS console. Select a function of AWS.`);
  await env.openExternal(Uri.parse(url));
}

async function findArn(row: unknown, prompts: PromptServices, title: string): Promise<string | undefined> {
  const target = await findFunction(row, prompts, title);
  if (!target) return undefined;
  const arn = prompts.catalog.find(target.connection, target.function)?.arn;
  if (arn !== undefined) return arn;
  throw new UserError(
    `The ARN of ${target.function} is not known: ${target.connection} is not listed. Refresh the view.`,
  );
}

async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(`Copied ${text}`, 3000);
}
