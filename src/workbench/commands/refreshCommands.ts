import { UserError } from "../../core/userError.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { ConnectionNode } from "../tree/connectionNode.ts";
import { MessageNode } from "../tree/messageNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** The commands that list functions again. */
export function refreshCommands(catalog: FunctionCatalog): CommandHandlers<"refresh" | "refreshConnection"> {
  return {
    // A button of the view's title is given the row that has the focus, which isn't meant.
    refresh: () => refresh(catalog),
    refreshConnection,
  };
}

/** Looks at the connections, and lists again what was listed before. */
async function refresh(catalog: FunctionCatalog): Promise<void> {
  catalog.reset();
  const listed = (await catalog.connections()).filter(({ list }) => list.state.status !== "idle");
  await Promise.all(listed.map(({ list }) => list.reload()));
}

/** Lists a connection's functions again: that of its own row, or of the row that says why they aren't listed. */
function refreshConnection(node: unknown): Promise<void> {
  const entry =
    node instanceof ConnectionNode
      ? node.entry
      : node instanceof MessageNode
        ? node.content.unlisted
        : undefined;
  if (entry) return entry.list.reload();
  throw new UserError("Select a connection in the Functions view first.");
}
