import { window } from "vscode";
import { type ConnectionEntry, parseConnections } from "../../core/connections/connections.ts";
import { changeConnections, type Settings } from "../settings.ts";
import { ConnectionNode } from "../tree/connectionNode.ts";

/** Removes the connection of a row, or one that is picked, from the settings. */
export async function removeConnection(
  node: unknown,
  settings: Pick<Settings, "connections">,
): Promise<void> {
  const name = node instanceof ConnectionNode ? node.entry.connection.name : await askWhich(settings);
  if (name === undefined) return;
  await changeConnections((entries) => entries.flatMap((entry) => without(entry, name)));
}

function askWhich(settings: Pick<Settings, "connections">): Thenable<string | undefined> {
  const names = settings.connections().connections.map((connection) => connection.name);
  return window.showQuickPick(names, {
    title: "Remove Connection",
    placeHolder: "Select the connection to remove",
  });
}

/** The entry without the connection of that name: without one of its regions, or nothing. */
function without(entry: ConnectionEntry, name: string): ConnectionEntry[] {
  const { connections } = parseConnections([entry]);
  const left = connections.filter((connection) => connection.name !== name);
  if (left.length === connections.length) return [entry];
  const regions = left.flatMap(({ region }) => (region === undefined ? [] : [region]));
  return regions.length === 0 ? [] : [{ ...entry, region: regions }];
}
