import type { FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { formatList } from "../template/values.ts";
import { missingCode } from "../workspace/missingCode.ts";
import { listMembers, type WorkspaceFiles } from "./members.ts";
import type { ParsedTemplate } from "./templateFile.ts";

/** The functions of all templates of a workspace, by name, with their problems. */
export interface MergedTemplates {
  functions: ReadonlyMap<string, LocalFunction>;
  problems: readonly TemplateProblem[];
}

/** What is asked about the workspace and each function. */
interface MergeRules extends WorkspaceFiles {
  codeLayoutOf: FindCodeLayout;
  /** The function, or the same function with the reason why it may not run. */
  confine: (fn: LocalFunction) => LocalFunction;
}

/** Merges the templates, given by file. Each function has a name of its own. */
export function mergeTemplates(
  templates: ReadonlyMap<string, ParsedTemplate>,
  { codeLayoutOf, confine, ...files }: MergeRules,
): MergedTemplates {
  const { roots, members, copies, names } = listMembers(templates, files);
  const functions = new Map<string, LocalFunction>();
  for (const { fn } of members) {
    const name = names.get(fn) ?? fn.name;
    functions.set(name, fn.name === name ? fn : { ...fn, name });
  }
  const outside = confineAll(functions, confine);
  const isCopy = ({ functions: own }: ParsedTemplate) => own.length > 0 && own.every((fn) => copies.has(fn));
  const problems = roots
    .filter(([, template]) => !isCopy(template))
    .flatMap(([, template]) => template.problems)
    .filter((problem) => !isAboutAny(problem, copies));
  return {
    functions,
    problems: [
      ...mergeInherited(problems),
      ...outside,
      ...[...functions.values()].flatMap((fn) => missingCode(fn, codeLayoutOf)),
    ],
  };
}

/** Replaces the functions that may not run. Returns why, a problem each. */
function confineAll(
  functions: Map<string, LocalFunction>,
  confine: (fn: LocalFunction) => LocalFunction,
): TemplateProblem[] {
  return [...functions].flatMap(([name, fn]) => {
    const confined = confine(fn);
    if (confined === fn) return [];
    functions.set(name, confined);
    const { cannotRun: text = "", place } = confined;
    return [{ kind: "codeUnavailable" as const, subject: name, text, place }];
  });
}

function isAboutAny({ subject, place }: TemplateProblem, copies: ReadonlySet<LocalFunction>): boolean {
  return [...copies].some((fn) => place?.file === fn.place.file && subject === (fn.logicalId ?? fn.name));
}

/** How many functions with the same problem are named. */
const MAX_NAMED_FUNCTIONS = 3;

/** Merges identical problems that several functions inherit from one declaration. */
function mergeInherited(problems: readonly TemplateProblem[]): TemplateProblem[] {
  const same = Map.groupBy(problems, ({ kind, property, text, place }) =>
    JSON.stringify([kind, property, text, place]),
  );
  return [...same.values()].flatMap((group) => {
    const subjects = [...new Set(group.flatMap(({ subject }) => subject ?? []))];
    const subject = subjects.length > 0 ? formatSubjects(subjects) : undefined;
    return group.slice(0, 1).map((first) => ({ ...first, subject }));
  });
}

function formatSubjects(subjects: readonly string[]): string {
  const rest = subjects.length - MAX_NAMED_FUNCTIONS;
  const more = rest > 0 ? [`${rest} more`] : [];
  return formatList([...subjects.slice(0, MAX_NAMED_FUNCTIONS), ...more]);
}
