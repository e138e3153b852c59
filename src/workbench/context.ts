import { commands } from "vscode";
import type { CONTEXT_KEYS } from "../contributions.ts";

/** Sets what a `when` clause of package.json asks. */
export function setContext(
  key: (typeof CONTEXT_KEYS)[keyof typeof CONTEXT_KEYS],
  value: boolean | readonly string[],
): void {
  void commands.executeCommand("setContext", key, value);
}
