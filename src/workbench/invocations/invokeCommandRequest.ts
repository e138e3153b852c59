import { Uri } from "vscode";
import type { InvokeArgument } from "../../contributions.ts";
import type { Target } from "../../core/functions/target.ts";
import { UserError } from "../../core/userError.ts";
import { FunctionNode } from "../tree/functionNode.ts";

/** What an invoking command was given. */
export interface InvokeCommandRequest {
  function: GivenFunction;
  payload: GivenPayload;
  clientContext?: object | undefined;
  tenantId?: string | undefined;
}

/** Which function was given: by a row of the tree, by name, or not at all, perhaps with where it must be. */
export type GivenFunction =
  | { kind: "row"; target: Target }
  | { kind: "name"; name: string; connection?: string | undefined; qualifier?: string | undefined }
  | { kind: "current"; connection?: string | undefined; qualifier?: string | undefined };

/** Which payload was given: JSON, a file, or none, so that the editor's counts. */
export type GivenPayload = { kind: "given"; text: string } | { kind: "file"; uri: Uri } | { kind: "editor" };

/** Parses a command's argument: a row of the tree, a file, or an `InvokeArgument`. Throws a `UserError`. */
export function parseInvokeArgument(argument: unknown): InvokeCommandRequest {
  if (argument instanceof FunctionNode)
    return { function: { kind: "row", target: argument.target }, payload: { kind: "editor" } };
  if (argument instanceof Uri)
    return { function: { kind: "current" }, payload: { kind: "file", uri: argument } };
  if (!isInvokeArgument(argument)) return { function: { kind: "current" }, payload: { kind: "editor" } };
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

const STRING_KEYS = ["function", "connection", "qualifier", "payload", "tenantId"] as const;

/** Throws a `UserError` for one with a property of the wrong type. */
function isInvokeArgument(value: unknown): value is InvokeArgument {
  if (typeof value !== "object" || value === null) return false;
  const given = value as Record<string, unknown>;
  const wrong = STRING_KEYS.find((key) => given[key] !== undefined && typeof given[key] !== "string");
  if (wrong !== undefined) throw invalid(wrong, "a string");
  const { clientContext } = given;
  if (clientContext !== undefined && (typeof clientContext !== "object" || clientContext === null))
    throw invalid("clientContext", "an object");
  return true;
}

function invalid(key: string, expected: string): UserError {
  return new UserError(
    `The argument “${key}” must be ${expected}. Nothing was sent. Fix the keybinding, task or call.`,
  );
}
