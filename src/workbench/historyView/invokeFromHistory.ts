import { window, workspace } from "vscode";
import {
  type Destination,
  destinationOf,
  type HistoryItem,
  isSameDestination,
} from "../../core/history/historyItem.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import type { Target } from "../../core/functions/target.ts";
import { UserError } from "../../core/userError.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { Invoker } from "../invoking/invoker.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import type { Targets } from "../targets/targets.ts";
import type { History } from "../history/history.ts";

/** What invoking from the history needs. */
export interface InvokeFromHistoryParts {
  history: Pick<History, "read">;
  invoker: Pick<Invoker, "repeat">;
  prompts: { catalog: Pick<FunctionCatalog, "connection">; targets: Pick<Targets, "bind"> };
}

/** Makes an invocation of the history once more, after what any invocation of its function asks. */
export async function invokeAgain(
  id: string,
  parts: InvokeFromHistoryParts,
): Promise<InvocationRecord | undefined> {
  const { item, record, details } = await parts.history.read(id);
  if (!details.payload) throw new UserError("The payload isn't kept. Invoke the function from an editor.");
  if (!(await mayGoThere(item, parts.prompts))) return undefined;
  const { payload, origin, clientContext, tenantId, mode } = record;
  const pending = {
    target: targetOf(item),
    mode,
    payload,
    origin,
    clientContext,
    tenantId,
    scripted: false,
  } as const;
  return parts.invoker.repeat(pending, record);
}

/** Opens the payload of an invocation in an editor that's meant for its function; nothing is sent. */
export async function editAndInvoke(id: string, parts: InvokeFromHistoryParts): Promise<void> {
  const { item, record } = await parts.history.read(id);
  const content = record.payload.text;
  const document = await workspace.openTextDocument({ language: "json", content });
  await window.showTextDocument(document);
  await parts.prompts.targets.bind(document.uri, targetOf(item));
}

function targetOf({ connection, function: { name, arn, qualifier } }: HistoryItem): Target {
  return { connection, function: arn ?? name, qualifier };
}

/** The connection of that name may lead elsewhere by now. */
async function mayGoThere(
  { connection: name, destination, function: fn }: HistoryItem,
  { catalog }: Pick<InvokeFromHistoryParts["prompts"], "catalog">,
): Promise<boolean> {
  const connection = await catalog.connection(name);
  // What invokes it says that it's gone.
  if (!connection || isSameDestination(destinationOf(connection), destination)) return true;
  const message = `The connection ${name} leads elsewhere now. Send the event to ${fn.name} there?`;
  const detail = `Then: ${describe(destination)}\nNow: ${describe(destinationOf(connection))}`;
  return confirm({ message, detail, yes: "Send There" });
}

function describe(destination: Destination): string {
  if (destination.kind === "local") return "Local";
  const { profile = "default", region = "of the profile", endpoint } = destination;
  return [`profile ${profile}`, `region ${region}`, endpoint ?? ""].filter((part) => part !== "").join(", ");
}
