import type { Uri } from "vscode";
import { formatFunctionName, parseFunctionName } from "../../core/functions/functionName.ts";
import type { Target } from "../../core/functions/target.ts";
import { UserError } from "../../core/userError.ts";
import { pickFunction } from "./pickFunction.ts";
import type { ConnectionFunctions, FunctionCatalog } from "../connections/functionCatalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import { activeJsonEditor } from "../editor/jsonEditor.ts";
import type { PayloadDiagnostics } from "../editor/payloadDiagnostics.ts";
import type { Targets } from "./targets.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import type { WorkspaceState } from "../workspaceState.ts";

/** Which function was given: by a row of the tree, by name, or not at all, perhaps with where it must be. */
export type GivenFunction =
  | { kind: "row"; target: Target }
  | { kind: "name"; name: string; connection?: string | undefined; qualifier?: string | undefined }
  | { kind: "current"; connection?: string | undefined; qualifier?: string | undefined };

/** What finds out which function and which payload are meant. */
export interface PromptServices {
  catalog: FunctionCatalog;
  workspaceState: WorkspaceState;
  mfa: MfaPrompts;
  targets: Targets;
  diagnostics: PayloadDiagnostics;
}

/** The function that is meant: as given, else the current one, else one that is picked; `undefined` if none is. */
export async function resolveTarget(
  given: GivenFunction,
  file: Uri | undefined,
  prompts: PromptServices,
): Promise<Target | undefined> {
  switch (given.kind) {
    case "row":
      return given.target;
    case "name":
      return named(given, prompts);
    case "current": {
      const current = prompts.targets.current(file);
      const isThere = current && (given.connection ?? current.connection) === current.connection;
      const target = isThere ? current : await pickFunction(prompts, "Select the Function to Invoke");
      return target && given.qualifier !== undefined ? { ...target, qualifier: given.qualifier } : target;
    }
  }
}

/** A function for a command that needs no payload: of the row it was given, the current one, or one that is picked. */
export async function findFunction(
  argument: unknown,
  prompts: PromptServices,
  title: string,
): Promise<Target | undefined> {
  if (argument instanceof FunctionNode) return argument.target;
  const current = prompts.targets.current(activeJsonEditor()?.document.uri);
  return current ?? pickFunction(prompts, title);
}

/** At the connection that is given, else where the name was last used, is known, or the first. */
async function named(
  { name, connection: wanted, qualifier }: GivenFunction & { kind: "name" },
  { catalog, workspaceState }: PromptServices,
): Promise<Target> {
  const connections = await catalog.connections();
  // A name that isn't one of Lambda's may be one that a list has.
  const isListed = connections.some(({ list }) => list.find(name) !== undefined);
  const parsed = isListed ? undefined : parseFunctionName(name, qualifier);
  const meant = parsed ? formatFunctionName(parsed) : name;
  const connection = wanted ?? guessConnection(meant, connections, workspaceState.recent);
  const names = connections.map((entry) => entry.connection.name);
  if (connection === undefined || !names.includes(connection)) {
    const missing =
      connection === undefined ? "There is no connection" : `There is no connection called ${connection}`;
    throw new UserError(`${missing}. Nothing was sent. Connections: ${names.join(", ") || "none"}.`);
  }
  const known = catalog.find(connection, meant)?.name ?? meant;
  return { connection, function: known, qualifier: parsed?.qualifier ?? qualifier };
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
