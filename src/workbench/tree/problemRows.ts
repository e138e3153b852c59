import { type Problem, problemMessage } from "@lambda-invoke/local/contract/state.ts";
import { ThemeColor, ThemeIcon, workspace } from "vscode";
import { COMMANDS } from "../../contributions.ts";
import type { Message } from "./messageNode.ts";

/** The rows of problems that no function or template has a row for; what is only left out has none. */
export function problemRows(problems: readonly Problem[]): Message[] {
  return problems.filter(isSerious).map((problem) => {
    const icon = problem.severity === "error" ? "error" : "warning";
    const message = problemMessage(problem);
    const { place } = problem;
    if (!place) return { icon, message, problem };
    const where = `${workspace.asRelativePath(place.file)}:${place.line + 1}`;
    const fix = { title: "Open", command: COMMANDS.openPlace, arguments: [place] };
    return { icon, message, problem, where, fix };
  });
}

/** The icon of a row with problems; undefined where nothing is worse than left out. */
export function problemIcon(problems: readonly Problem[]): ThemeIcon | undefined {
  const serious = problems.filter(isSerious);
  if (serious.length === 0) return undefined;
  return serious.some(({ severity }) => severity === "error")
    ? new ThemeIcon("error", new ThemeColor("problemsErrorIcon.foreground"))
    : new ThemeIcon("warning", new ThemeColor("problemsWarningIcon.foreground"));
}

/** `2 problems`; empty where nothing is worse than left out. */
export function problemCount(problems: readonly Problem[]): string {
  const { length } = problems.filter(isSerious);
  if (length === 0) return "";
  return length === 1 ? "1 problem" : `${length.toLocaleString("en")} problems`;
}

function isSerious({ severity }: Problem): boolean {
  return severity !== "information";
}
