import { window, workspace } from "vscode";
import type { Target } from "../../core/functions/target.ts";
import type { InvokeMode, Payload } from "../../core/invocation/invocationSpec.ts";
import { sizeProblem } from "../../core/invocation/payloadLimit.ts";
import type { PayloadProblem } from "../../core/payload/mistake.ts";
import { parsePayload } from "../../core/payload/payload.ts";
import { UserError } from "../../core/userError.ts";
import { activeJsonEditor, isJson, type PayloadSource, sourceOf } from "../editor/jsonEditor.ts";
import type { GivenPayload } from "./invokeCommandRequest.ts";
import type { PromptServices } from "./resolveTarget.ts";

/** The text of the workbench that the payload is taken from; `undefined` if it was given, or no JSON editor is open. */
export async function findSource(given: GivenPayload): Promise<PayloadSource | undefined> {
  if (given.kind === "given") return undefined;
  const editor = activeJsonEditor();
  if (given.kind === "file" && editor?.document.uri.toString() !== given.uri.toString()) {
    const document = await workspace.openTextDocument(given.uri);
    return { document, text: document.getText(), offset: 0 };
  }
  if (editor) return sourceOf(editor);
  const visible = window.visibleTextEditors.filter(({ document }) => isJson(document));
  return visible.length === 1 && visible[0] ? sourceOf(visible[0]) : undefined;
}

/** The payload to send. Shows what is wrong with it, or asks what is missing; `undefined` if there is nothing to send. */
export async function resolvePayload(
  given: GivenPayload,
  source: PayloadSource | undefined,
  target: Target,
  mode: InvokeMode,
  prompts: Pick<PromptServices, "diagnostics" | "targets">,
): Promise<Payload | undefined> {
  const text = given.kind === "given" ? given.text : source?.text;
  if (text === undefined) return askForEditor(target, prompts);
  const parsed = parsePayload(text);
  switch (parsed.kind) {
    case "empty":
      return given.kind === "given" ? EMPTY : askForEmpty(target);
    case "problem":
      return refuse(parsed.problem, source, prompts);
    case "payload": {
      const tooLarge = sizeProblem(parsed.bytes, mode);
      if (tooLarge !== undefined) throw new UserError(tooLarge);
      if (source) prompts.diagnostics.clear(source.document.uri);
      return { text: parsed.text, bytes: parsed.bytes };
    }
  }
}

const EMPTY: Payload = { text: "{}", bytes: 2 };
const SEND_EMPTY = "Send {}";
const NEW_FILE = "New JSON File";

function refuse(
  problem: PayloadProblem,
  source: PayloadSource | undefined,
  { diagnostics }: Pick<PromptServices, "diagnostics">,
): undefined {
  if (!source) throw new UserError(`Nothing was sent: the payload isn't valid JSON. ${problem.message}.`);
  diagnostics.show(source, problem);
  return undefined;
}

async function askForEmpty(target: Target): Promise<Payload | undefined> {
  const message = `The document is empty. Send an empty object to ${target.function} on ${target.connection}?`;
  const chosen = await window.showInformationMessage(message, { modal: true }, SEND_EMPTY);
  return chosen === SEND_EMPTY ? EMPTY : undefined;
}

async function askForEditor(
  target: Target,
  { targets }: Pick<PromptServices, "targets">,
): Promise<Payload | undefined> {
  const message = `No JSON editor is open. What do you want to send to ${target.function} on ${target.connection}?`;
  const detail =
    "The payload is the JSON in the active editor. Open a JSON file, or start with an empty object.";
  const options = { modal: true, detail };
  const chosen = await window.showInformationMessage(message, options, SEND_EMPTY, NEW_FILE);
  if (chosen === NEW_FILE) {
    const document = await workspace.openTextDocument({ language: "json", content: "{\n  \n}\n" });
    await window.showTextDocument(document);
    await targets.bind(document.uri, target);
  }
  return chosen === SEND_EMPTY ? EMPTY : undefined;
}
