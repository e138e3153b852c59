import { Uri } from "vscode";
import { parseArgument, type ParsedArgument, refusal } from "../../core/invocation/invokeArgument.ts";
import { nameOfType } from "../../core/payload/jsonOf.ts";
import { UserError } from "../../core/userError.ts";
import type { GivenFunction } from "../targets/resolveTarget.ts";
import { FunctionNode } from "../tree/functionNode.ts";

/** What an invoking command was given. */
export interface InvokeCommandRequest {
  function: GivenFunction;
  payload: GivenPayload;
  clientContext?: object | undefined;
  tenantId?: string | undefined;
}

/** Which payload was given: JSON, a whole file, what an editor of a file shows, or none, so that the current editor's counts. */
export type GivenPayload =
  | { kind: "given"; text: string; origin?: string | undefined }
  | { kind: "file"; uri: Uri }
  | { kind: "editorOf"; uri: Uri }
  | { kind: "editor" };

/**
 * Parses the arguments of an invoking command. Menus give a row, or a file and what VS Code adds; keybindings, tasks and
 * other extensions give an `InvokeArgument`. Throws a `UserError` for anything else: then nothing may be sent.
 */
export function parseInvokeArguments([first, second, ...others]: readonly unknown[]): InvokeCommandRequest {
  if (first instanceof FunctionNode)
    return { function: { kind: "row", target: first.target }, payload: { kind: "editor" } };
  if (first instanceof Uri) return { function: { kind: "current" }, payload: parseFile(first, second) };
  const extra = [second, ...others].find((each) => each !== undefined);
  if (extra !== undefined) throw refusal(`is followed by ${nameOfType(extra)}, and there must be one only`);
  if (first === undefined) return { function: { kind: "current" }, payload: { kind: "editor" } };
  return toRequest(parseArgument(first));
}

/** The Explorer adds all the files that are selected, an editor's title its group, and an editor's menu nothing. */
function parseFile(uri: Uri, second: unknown): GivenPayload {
  if (second === undefined) return { kind: "editorOf", uri };
  if (typeof second === "object" && second !== null && "groupId" in second) return { kind: "editorOf", uri };
  if (!Array.isArray(second) || !second.every((each) => each instanceof Uri))
    throw refusal(`is followed by ${nameOfType(second)}, and a file must stand alone`);
  if (second.length <= 1) return { kind: "file", uri };
  throw new UserError(
    `${second.length} files are selected, and only one payload is sent at a time. Nothing was sent. Select one file.`,
  );
}

/** The request of an argument that is understood. */
export function toRequest(argument: ParsedArgument): InvokeCommandRequest {
  const { function: name, connection, qualifier, payload: text, clientContext, tenantId } = argument;
  return {
    function:
      name === undefined
        ? { kind: "current", connection, qualifier }
        : { kind: "name", name, connection, qualifier },
    payload: text === undefined ? { kind: "editor" } : { kind: "given", text },
    clientContext,
    tenantId,
  };
}
