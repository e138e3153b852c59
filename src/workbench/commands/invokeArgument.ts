import { Uri, window, workspace } from "vscode";
import type { InvokeArgument } from "../../contributions.ts";
import type { InvokeMode } from "../../core/invocation/record.ts";
import { LOCAL_NAME } from "../../core/connections/connections.ts";
import { sizeProblem } from "../../core/invocation/payloadLimit.ts";
import { parsePayload } from "../../core/payload/payload.ts";
import { UserError } from "../../core/userError.ts";
import type { FunctionCatalog, ConnectionFunctions } from "../connections/functionCatalog.ts";
import { pickFunction } from "../commands/pickFunction.ts";
import { activeJsonEditor, isJson, type PayloadSource, sourceOf } from "../editor/jsonEditor.ts";
import type { Target } from "../../core/functions/target.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import type { WorkspaceState } from "../workspaceState.ts";
import type { PayloadDiagnostics } from "../editor/payloadDiagnostics.ts";
import { isFunctionRow } from "../tree/rows.ts";
import { targetOf, type Targets } from "../editor/targets.ts";

/** What a command works with to find out what is meant. */
export interface PromptServices {
  catalog: FunctionCatalog;
  workspaceState: WorkspaceState;
  mfa: MfaPrompts;
  targets: Targets;
  diagnostics: PayloadDiagnostics;
}

/** What is to be invoked, and with what. */
export interface PendingInvocation {
  target: Target;
  payload: string;
  /** The file the payload was taken from. */
  file?: Uri;
  clientContext?: object;
  tenantId?: string;
  /** Everything was given: nothing is asked but what protects a function. */
  scripted: boolean;
  /** Run under a debugger, for as long as that takes. */
  debug?: boolean;
}

/** Completes a command's argument by what is selected and by asking; `undefined` where the person backed out. */
export async function complete(
  argument: unknown,
  mode: InvokeMode,
  prompts: PromptServices,
): Promise<PendingInvocation | undefined> {
  const given = isPlainArgument(argument) ? argument : {};
  const source = given.payload === undefined ? await findSource(argument) : undefined;
  const target = await findTarget(argument, given, source, prompts);
  if (!target) return undefined;
  const payload = await findPayload(given, source, target, mode, prompts);
  if (payload === undefined) return undefined;
  return {
    target,
    payload,
    scripted: given.payload !== undefined,
    ...(source ? { file: source.document.uri } : {}),
    ...(given.clientContext === undefined ? {} : { clientContext: given.clientContext }),
    ...(given.tenantId === undefined ? {} : { tenantId: given.tenantId }),
  };
}

/** A function for a command that needs no payload: the row it was given, the row selected, or one that is picked. */
export async function findFunction(
  argument: unknown,
  prompts: PromptServices,
  title: string,
): Promise<Target | undefined> {
  if (isFunctionRow(argument)) return targetOf(argument);
  const current = prompts.targets.current(activeJsonEditor()?.document.uri);
  return current ?? pickFunction(prompts, title);
}

function isPlainArgument(value: unknown): value is InvokeArgument {
  if (typeof value !== "object" || value === null || value instanceof Uri || "kind" in value) return false;
  for (const key of ["function", "connection", "qualifier", "payload", "tenantId"]) {
    const part = (value as Record<string, unknown>)[key];
    if (part === undefined || typeof part === "string") continue;
    throw new UserError(
      `The argument "${key}" must be a text. Nothing was sent. FixAction the keybinding, task or call.`,
    );
  }
  return true;
}

async function findSource(argument: unknown): Promise<PayloadSource | undefined> {
  const editor = activeJsonEditor();
  if (argument instanceof Uri && editor?.document.uri.toString() !== argument.toString()) {
    const document = await workspace.openTextDocument(argument);
    return { document, text: document.getText(), offset: 0 };
  }
  if (editor) return sourceOf(editor);
  const visible = window.visibleTextEditors.filter(({ document }) => isJson(document));
  return visible.length === 1 && visible[0] ? sourceOf(visible[0]) : undefined;
}

async function findTarget(
  argument: unknown,
  given: InvokeArgument,
  source: PayloadSource | undefined,
  prompts: PromptServices,
): Promise<Target | undefined> {
  if (isFunctionRow(argument)) return targetOf(argument);
  if (given.function !== undefined) return named(given.function, given, prompts);
  const current = prompts.targets.current(source?.document.uri);
  if (current && (given.connection ?? current.connection) === current.connection) {
    return given.qualifier === undefined ? current : { ...current, qualifier: given.qualifier };
  }
  const picked = await pickFunction(prompts, "Select the Function to Invoke");
  return picked && given.qualifier !== undefined ? { ...picked, qualifier: given.qualifier } : picked;
}

/** The target of a name: at the connection that is given, else where it was last used, is known, or the first. */
async function named(
  name: string,
  given: InvokeArgument,
  { catalog, workspaceState }: PromptServices,
): Promise<Target> {
  const connections = await catalog.connections();
  const connection = given.connection ?? guessConnection(name, connections, workspaceState.recent);
  if (!connections.some((entry) => entry.connection.name === connection)) {
    const names = connections.map((entry) => entry.connection.name).join(", ") || "none";
    const wanted =
      connection === undefined ? "There is no connection" : `There is no connection called ${connection}`;
    throw new UserError(`${wanted}. Nothing was sent. Connections: ${names}.`);
  }
  // By its name where that is known, so that a guard knows the function again.
  const known = connection === undefined ? undefined : catalog.find(connection, name);
  const target = { connection: connection ?? LOCAL_NAME, function: known?.name ?? name };
  return given.qualifier === undefined ? target : { ...target, qualifier: given.qualifier };
}

function guessConnection(
  name: string,
  connections: readonly ConnectionFunctions[],
  recent: readonly Target[],
): string | undefined {
  const names = new Set(connections.map(({ connection }) => connection.name));
  const last = recent.find((each) => each.function === name && names.has(each.connection));
  const knows = connections.find(({ list }) => list.find(name) !== undefined);
  return last?.connection ?? (knows ?? connections[0])?.connection.name;
}

async function findPayload(
  given: InvokeArgument,
  source: PayloadSource | undefined,
  target: Target,
  mode: InvokeMode,
  { diagnostics, targets }: PromptServices,
): Promise<string | undefined> {
  if (given.payload === undefined && !source) return askForEditor(target, targets);
  const reading = parsePayload(given.payload ?? source?.text ?? "");
  switch (reading.kind) {
    case "empty":
      return given.payload === undefined ? askForEmpty(target) : "{}";
    case "problem":
      if (source) diagnostics.show(source, reading.problem);
      else
        throw new UserError(`Nothing was sent: the payload is not valid JSON. ${reading.problem.message}.`);
      return undefined;
    case "payload": {
      const tooLarge = sizeProblem(reading.bytes, mode);
      if (tooLarge !== undefined) throw new UserError(tooLarge);
      if (source) diagnostics.clear(source.document.uri);
      return reading.text;
    }
  }
}

async function askForEmpty(target: Target): Promise<string | undefined> {
  const send = "Send {}";
  const message = `The document is empty. Send an empty object to ${target.function} on ${target.connection}?`;
  return (await window.showInformationMessage(message, { modal: true }, send)) === send ? "{}" : undefined;
}

async function askForEditor(target: Target, targets: Targets): Promise<string | undefined> {
  const [send, create] = ["Send {}", "New JSON File"];
  const message = `No JSON editor is open. What is to be sent to ${target.function} on ${target.connection}?`;
  const detail =
    "The payload is the JSON in the active editor. Open a JSON file, or start with an empty object.";
  const chosen = await window.showInformationMessage(message, { modal: true, detail }, send, create);
  if (chosen === create) {
    const document = await workspace.openTextDocument({ language: "json", content: "{\n  \n}\n" });
    await window.showTextDocument(document);
    await targets.bind(document.uri, target);
  }
  return chosen === send ? "{}" : undefined;
}
