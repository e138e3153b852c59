import { type TextEditor, window, workspace } from "vscode";
import type { Target } from "../../core/functions/target.ts";
import type { InvocationMode, Payload } from "../../core/invocation/invocationSpec.ts";
import { sizeProblem } from "../../core/invocation/payloadLimit.ts";
import type { PayloadProblem } from "../../core/payload/mistake.ts";
import { parsePayload } from "../../core/payload/payload.ts";
import { UserError } from "../../core/userError.ts";
import {
  activeJsonEditor,
  documentName,
  editorShowing,
  originOf,
  type PayloadSource,
  sourceOf,
  visibleJsonEditors,
  wholeOf,
} from "../editor/jsonEditor.ts";
import type { GivenPayload } from "./invokeCommandRequest.ts";
import type { PromptServices } from "../targets/resolveTarget.ts";

/** Where the payload is to come from; `backedOut` if the person was asked which editor, and chose none. */
export type FoundSource =
  | { kind: "source"; source: PayloadSource; origin: string }
  /** The payload was given, or no JSON editor is open. */
  | { kind: "none" }
  | { kind: "backedOut" };

/** A payload that may be sent, and where it comes from. */
export interface ResolvedPayload {
  payload: Payload;
  origin?: string | undefined;
}

/** Finds the text that the payload is taken from, and asks where several editors may be meant. Throws a `UserError`. */
export async function findSource(given: GivenPayload): Promise<FoundSource> {
  switch (given.kind) {
    case "given":
      return { kind: "none" };
    case "file": {
      const document = await workspace.openTextDocument(given.uri);
      const unsaved = document.isDirty ? " with its unsaved changes" : "";
      return { kind: "source", source: wholeOf(document), origin: `${documentName(document)}${unsaved}` };
    }
    case "editorOf": {
      const editor = editorShowing(given.uri);
      return found(editor ? sourceOf(editor) : wholeOf(await workspace.openTextDocument(given.uri)));
    }
    case "editor":
      return findEditor();
  }
}

async function findEditor(): Promise<FoundSource> {
  const active = activeJsonEditor();
  if (active) return found(sourceOf(active));
  const [first, ...others] = visibleJsonEditors();
  if (!first) return { kind: "none" };
  const chosen = others.length === 0 ? first : await askWhichEditor([first, ...others]);
  return chosen ? found(sourceOf(chosen)) : { kind: "backedOut" };
}

function found(source: PayloadSource): FoundSource {
  return { kind: "source", source, origin: originOf(source) };
}

/** None of the JSON editors in sight is the active one. */
async function askWhichEditor(editors: readonly TextEditor[]): Promise<TextEditor | undefined> {
  const items = editors.map((editor) => {
    const hasSelection = editor.selections.some(({ isEmpty }) => !isEmpty);
    const where = editor.viewColumn === undefined ? "" : `editor group ${editor.viewColumn}`;
    return {
      label: documentName(editor.document),
      description: [hasSelection ? "its selection" : "", where].filter(Boolean).join(" · "),
      detail: workspace.asRelativePath(editor.document.uri),
      editor,
    };
  });
  const options = { title: "Select the Payload", placeHolder: "Several JSON editors are open" };
  return (await window.showQuickPick(items, options))?.editor;
}

/** The payload to send. Shows what is wrong with it, or asks what is missing; `undefined` if there is nothing to send. */
export async function resolvePayload(
  given: GivenPayload,
  from: Exclude<FoundSource, { kind: "backedOut" }>,
  target: Target,
  mode: InvocationMode,
  prompts: Pick<PromptServices, "diagnostics" | "targets">,
): Promise<ResolvedPayload | undefined> {
  const source = from.kind === "source" ? from.source : undefined;
  const text = given.kind === "given" ? given.text : source?.text;
  if (text === undefined) return askForEditor(target, prompts);
  const parsed = parsePayload(text);
  switch (parsed.kind) {
    case "empty": {
      if (given.kind === "given") return { payload: EMPTY };
      const whole = source?.selection ? await askForWhole(source, target) : undefined;
      if (whole) return resolvePayload(given, { kind: "source", ...whole }, target, mode, prompts);
      return source?.selection ? undefined : askForEmpty(target);
    }
    case "problem":
      return refuse(parsed.problem, text, source, prompts);
    case "payload": {
      const tooLarge = sizeProblem(parsed.bytes, mode);
      if (tooLarge !== undefined) throw new UserError(tooLarge);
      if (source) prompts.diagnostics.clear(source.document.uri);
      const payload = { text: parsed.text, bytes: parsed.bytes };
      const { origin } = from.kind === "source" ? from : given.kind === "given" ? given : {};
      return { payload, origin };
    }
  }
}

const EMPTY: Payload = { text: "{}", bytes: 2 };
const SEND_EMPTY = "Send {}";
const SEND_WHOLE = "Send Whole Document";
const NEW_FILE = "New JSON File";

function refuse(
  problem: PayloadProblem,
  text: string,
  source: PayloadSource | undefined,
  { diagnostics }: Pick<PromptServices, "diagnostics">,
): undefined {
  if (!source) {
    const before = text.slice(0, problem.offset).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new UserError(`Nothing was sent: the payload isn't valid JSON. ${problem.message}, at ${place}.`);
  }
  diagnostics.show(source, problem);
  return undefined;
}

/** The selection has nothing to send. */
async function askForWhole(
  { document }: PayloadSource,
  target: Target,
): Promise<{ source: PayloadSource; origin: string } | undefined> {
  const name = documentName(document);
  const message = `There's no JSON in the selection in ${name}. Send the whole document to ${target.function} on ${target.connection}?`;
  const chosen = await window.showInformationMessage(message, { modal: true }, SEND_WHOLE);
  return chosen === SEND_WHOLE ? { source: wholeOf(document), origin: name } : undefined;
}

async function askForEmpty(target: Target): Promise<ResolvedPayload | undefined> {
  const message = `The document is empty. Send an empty object to ${target.function} on ${target.connection}?`;
  const chosen = await window.showInformationMessage(message, { modal: true }, SEND_EMPTY);
  return chosen === SEND_EMPTY ? { payload: EMPTY } : undefined;
}

async function askForEditor(
  target: Target,
  { targets }: Pick<PromptServices, "targets">,
): Promise<ResolvedPayload | undefined> {
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
  return chosen === SEND_EMPTY ? { payload: EMPTY } : undefined;
}
