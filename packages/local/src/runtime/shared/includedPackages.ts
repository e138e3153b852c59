import { join } from "node:path";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { CannotRun } from "./runtime.ts";

/** How a machine gets packages of a language that Lambda's runtimes include. */
export interface Installer {
  /** What messages call the runtime. */
  label: string;
  /** The command that installs packages into a folder, without their names; undefined where it can't be had. */
  command: string | undefined;
  /** What to do without a command, as a sentence. */
  otherwise?: string;
}

/** The folder of a language's packages that were installed for Local. */
export function installedForLocal(
  { packagesPath }: Pick<LocalWorkspace, "packagesPath">,
  language: "nodejs" | "python",
): string | undefined {
  return packagesPath === undefined ? undefined : join(packagesPath, language);
}

/** A function can't run because this machine doesn't have packages that Lambda's runtime includes. */
export function notInstalled(fn: LocalFunction, names: readonly string[], installer: Installer): CannotRun {
  const { label, otherwise = "" } = installer;
  const list = new Intl.ListFormat("en").format(names);
  const missing = `Lambda's ${label} runtime includes ${list}; this machine doesn't have ${names.length === 1 ? "it" : "them"}.`;
  const command = installer.command && `${installer.command} ${names.join(" ")}`;
  const text = `${missing} ${command === undefined ? otherwise : `To install for Local, run: ${command}`}`;
  return new CannotRun({ subject: fn.name, text, lacks: "runtime", command });
}
