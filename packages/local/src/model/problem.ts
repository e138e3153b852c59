import type { Problem, ProblemSeverity } from "../contract/state.ts";

/** What can be wrong with a template or with the code that it declares. */
export type ProblemKind =
  | "cannotRun"
  | "codeUnavailable"
  | "duplicateKey"
  | "expansionLimit"
  | "fileUnreadable"
  | "frameworkFailed"
  | "frameworkPending"
  | "handlerMissing"
  | "ignoredResource"
  | "ignoredTemplate"
  | "invalidProperty"
  | "layerUnavailable"
  | "tooManyFolders"
  | "unknownCondition"
  | "unresolvedProperties"
  | "watchingIncomplete";

/** Something in a template, or in the code that it declares, that keeps a function from being listed or run. */
export interface TemplateProblem extends Pick<Problem, "subject" | "text" | "place" | "template"> {
  kind: ProblemKind;
  property?: string;
  functions?: readonly string[];
  /** It keeps its functions from running, whatever its kind. */
  isBlocking?: boolean;
}

const severities: Readonly<Record<ProblemKind, ProblemSeverity>> = {
  cannotRun: "warning",
  codeUnavailable: "warning",
  duplicateKey: "information",
  expansionLimit: "warning",
  fileUnreadable: "error",
  frameworkFailed: "error",
  frameworkPending: "information",
  handlerMissing: "warning",
  ignoredResource: "information",
  ignoredTemplate: "warning",
  invalidProperty: "warning",
  layerUnavailable: "warning",
  tooManyFolders: "warning",
  unknownCondition: "information",
  unresolvedProperties: "information",
  watchingIncomplete: "warning",
};

/** The problems as the service reports them: each with an id that starts with its kind and stays while it lasts. */
export function toReported(problems: readonly TemplateProblem[]): Problem[] {
  const counts = new Map<string, number>();
  return problems.map(({ kind, property, functions = [], isBlocking = false, ...problem }) => {
    const { file, line, column } = problem.place ?? {};
    const id = `${kind}:${JSON.stringify([file, line, column, problem.subject, property])}`;
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    const declared = severities[kind];
    const severity = isBlocking && declared === "information" ? "warning" : declared;
    return { id: count === 0 ? id : `${id}:${count}`, severity, functions, ...problem };
  });
}
