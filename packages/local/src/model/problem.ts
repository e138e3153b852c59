import type { SourcePlace } from "../contract/state.ts";

/** What can be wrong with a template or with the code that it declares. */
export type ProblemKind =
  | "cannotRun"
  | "codeUnavailable"
  | "duplicateFunction"
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
  | "unresolvedProperties";

/** Something in a template, or in the code that it declares, that keeps a function from being listed or run. */
export interface TemplateProblem {
  kind: ProblemKind;
  /** What it's about: a logical ID, a function, a file. Joined with the text only when shown. */
  subject?: string;
  /** The property that it's about, where there is one. */
  property?: string;
  /** What is wrong and what to do, in sentences. */
  text: string;
  place?: SourcePlace;
}

/** Identifies a problem for as long as it lasts. */
export function problemId({ kind, subject, property, place }: TemplateProblem): string {
  return JSON.stringify([kind, place?.file, place?.line, place?.column, subject, property]);
}
