import type { Connection } from "../../core/connections/connection.ts";
import { type FunctionRef, functionRef, invokedFunction } from "../../core/functions/functionRef.ts";
import { openSetting } from "../../core/guard/guard.ts";
import type { Guarded } from "../../core/guard/guardRules.ts";
import { UserError } from "../../core/userError.ts";
import type { CommandHandlers } from "./commandHandlers.ts";
import { findFunction, type PromptServices } from "../targets/resolveTarget.ts";
import type { Reporter } from "../report.ts";
import { ConnectionNode } from "../tree/connectionNode.ts";
import { confirm, confirmByTyping } from "../guard/guardPrompts.ts";
import type { Guards } from "../guard/guards.ts";

/** What unlocking needs of the rest. */
export interface UnlockingParts {
  guards: Guards;
  prompts: PromptServices;
  reporter: Pick<Reporter, "note" | "showLog">;
}

/** The commands that lift guards for some minutes, and put them back. */
export function guardCommands(parts: UnlockingParts): CommandHandlers<"unlock" | "lock"> {
  return {
    unlock: (argument) => unlock(argument, parts),
    lock: () => parts.guards.lock(),
  };
}

/** A function whose guard is to be lifted, or a connection for all of its functions. */
interface LockedTarget {
  connection: Connection;
  ref: FunctionRef | undefined;
}

async function unlock(argument: unknown, parts: UnlockingParts): Promise<void> {
  const found = await findLocked(argument, parts.prompts);
  if (!found) return;
  const { ref, connection } = found;
  const label = ref ? `${ref.name} on ${connection.name}` : connection.name;
  const guarded = await parts.guards.liftable(ref, connection);
  if (ref && !parts.guards.isOwn(ref, connection)) {
    throw new UserError(
      `It isn't known that ${ref.name} is a function of ${connection.name} itself, so it can't be unlocked. Refresh the connection, and select its row.`,
    );
  }
  refuseUnlessLiftable(label, guarded);
  if (!(await isSure(ref?.name ?? connection.name, label, guarded))) return;
  parts.guards.unlock(connection, ref?.name, guarded);
  parts.reporter.note(`${label} was unlocked for 15 minutes.`);
}

async function findLocked(argument: unknown, prompts: PromptServices): Promise<LockedTarget | undefined> {
  const { catalog } = prompts;
  const isAll = argument instanceof ConnectionNode;
  const target = isAll ? undefined : await findFunction(argument, prompts, "Unlock for 15 Minutes");
  if (!isAll && !target) return undefined;
  const name = isAll ? argument.entry.connection.name : (target?.connection ?? "");
  const connection = await catalog.connection(name);
  if (!connection) throw new UserError(`The connection ${name} is gone. Select a function again.`);
  if (!target) return { connection, ref: undefined };
  const invoked = invokedFunction(target, (nameOrArn) => catalog.find(name, nameOrArn));
  return { connection, ref: functionRef(name, invoked) };
}

function refuseUnlessLiftable(label: string, guarded: Guarded | undefined): asserts guarded is Guarded {
  if (!guarded)
    throw new UserError(`${label} isn't protected, so there is nothing to unlock. Invoke it as it is.`);
  if (guarded.level !== "dryRunOnly") return;
  throw new UserError(`${label} only takes dry runs and can't be unlocked. Change ${guarded.source}.`, {
    fix: openSetting(guarded.setting),
  });
}

async function isSure(wanted: string, label: string, { level, source }: Guarded): Promise<boolean> {
  const message = `Unlock ${label} for 15 minutes?`;
  const detail = `It is protected by ${source}. Until then, invocations aren't confirmed.`;
  if (level !== "type") return confirm({ message, detail, yes: "Unlock" });
  const prompt = `Type ${wanted} to unlock it. Protected by ${source}.`;
  return confirmByTyping({ title: message, prompt, wanted });
}
