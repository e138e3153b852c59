import type { SourcePlace } from "../../contract/state.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import type { Budget } from "./budget.ts";
import type { EnvironmentFile } from "./environmentFile.ts";
import type { ParsedTemplates } from "./parsedTemplates.ts";
import type { AssignedNames } from "./scope.ts";

/** Where a template says that code is. */
export type CodeSource =
  /** An absolute path to a folder or a zip file; whether it exists and is allowed isn't checked yet. Any file may be an archive if `isArchive`. */
  | { kind: "path"; path: string; property: string; place: SourcePlace; isArchive?: boolean }
  /** Code in the template itself. */
  | { kind: "inline"; text: string }
  /** Code that isn't available, with the reason as a sentence. `reported` where a problem already says why. */
  | { kind: "absent"; message: string; place: SourcePlace; reported?: true };

/** A layer as a template declares it. */
export interface DeclaredLayer {
  arn: string;
  /** Its logical ID, where SAM builds it. */
  builtAs?: string;
  content: CodeSource;
}

/** A function as a template declares it, before its code is located. */
export interface DeclaredFunction extends Omit<LocalFunction, "codeRoot" | "layers"> {
  logicalId: string;
  stack: string;
  code: CodeSource;
  layers: readonly DeclaredLayer[];
}

/** What one template declares, nested templates included. */
export interface Declarations {
  /** The stack's or service's name, or else the folder's; absent where the file can't be read. */
  name?: string;
  functions: readonly DeclaredFunction[];
  problems: readonly TemplateProblem[];
  /** Templates that were read as part of this one. */
  nested: readonly string[];
  /** Files whose functions couldn't be read; `problems` says why. Their last known functions stay listed. */
  broken: readonly string[];
}

/** A problem where the budget for expanding a template was spent. */
export function budgetProblem({ budget }: Pick<Sources, "budget">, file: string): TemplateProblem[] {
  if (!budget.wasSpent) return [];
  const text =
    "Some values of the template aren't read, because expanding them takes more steps than Local allows. Use fewer nested functions, loops or variables.";
  return [{ kind: "expansionLimit", text, place: { file, line: 0, column: 0 } }];
}

/** What a template may use of this machine. */
export interface Sources {
  environment: EnvironmentFile;
  /** For expanding the template and the ones nested in it. */
  budget: Budget;
  parsed: ParsedTemplates;
  /** The names of its functions that aren't the declared ones. */
  assignedNames: AssignedNames;
  /** Whether the template may access the file. */
  allows(path: string): boolean;
  /** The file's content; undefined where it's missing, too large, or not allowed. */
  read(path: string): string | undefined;
}
