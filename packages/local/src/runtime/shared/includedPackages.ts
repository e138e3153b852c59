import { join } from "node:path";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { quoted } from "./quoted.ts";
import { CannotRun } from "./runtime.ts";

/** How a machine gets packages of a language that Lambda's runtimes include. */
export interface Installer {
  /** What messages call the runtime. */
  label: string;
  /** The program that installs packages, and its arguments before their names; undefined where it can't be had. */
  program: string | undefined;
  args: readonly string[];
  /** Whether it installs into Local's own folder. */
  isOwn: boolean;
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

/** The shell command that installs packages; undefined where it can't be had. */
export function installCommand({ program, args }: Installer, specs: readonly string[]): string | undefined {
  return program === undefined ? undefined : [program, ...args, ...specs].map(quoted).join(" ");
}

/**
 * A function can't run because this machine doesn't have packages that Lambda's runtime includes. `toSpec` makes what the
 * installer takes of a name.
 */
export function notInstalled(
  fn: LocalFunction,
  names: readonly string[],
  installer: Installer,
  toSpec = (name: string): string => name,
): CannotRun {
  const { label, otherwise = "", program, args, isOwn } = installer;
  const list = new Intl.ListFormat("en").format(names);
  const missing = `Lambda's ${label} runtime includes ${list}; this machine doesn't have ${names.length === 1 ? "it" : "them"}.`;
  const specs = names.map(toSpec);
  const command = installCommand(installer, specs);
  const text = `${missing} ${command === undefined ? otherwise : `To install for Local, run: ${command}`}`;
  const reason = { subject: fn.name, text, lacks: "runtime" } as const;
  if (program === undefined || command === undefined) return new CannotRun(reason);
  const install = { program, args: [...args, ...specs], packages: names };
  return new CannotRun({ ...reason, fix: { command, ...(isOwn && { install }) } });
}
