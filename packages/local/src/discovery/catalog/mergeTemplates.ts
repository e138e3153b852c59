import type { LocalTemplate } from "../../contract/state.ts";
import type { FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { formatList } from "../template/values.ts";
import { inPieces } from "../workspace/inPieces.ts";
import { missingCode } from "../workspace/missingCode.ts";
import { templatesOf } from "./foundFunctions.ts";
import { listMembers, type Members, type WorkspaceFiles } from "./members.ts";
import type { ParsedTemplate } from "./templateFile.ts";
import { nextTurn } from "../workspace/nextTurn.ts";

/** The functions of all templates of a workspace, by name, with their problems. */
export interface MergedTemplates {
  functions: ReadonlyMap<string, LocalFunction>;
  problems: readonly TemplateProblem[];
  templates: readonly LocalTemplate[];
}

/** What is asked about the workspace and each function. */
interface MergeRules extends WorkspaceFiles {
  codeLayoutOf: FindCodeLayout;
  /** The function, or the same function with the reason why it may not run. */
  confine: (fn: LocalFunction) => LocalFunction;
}

/** Merges the templates, given by file. Each function has a name of its own. */
export async function mergeTemplates(
  templates: ReadonlyMap<string, ParsedTemplate>,
  { codeLayoutOf, confine, ...files }: MergeRules,
): Promise<MergedTemplates> {
  const listed = await listMembers(templates, files);
  const { members, names } = listed;
  const functions = new Map<string, LocalFunction>();
  for (const { fn } of members) {
    const name = names.get(fn) ?? fn.name;
    functions.set(name, fn.name === name ? fn : { ...fn, name });
  }
  const outside = await confineAll(functions, confine);
  const missing: TemplateProblem[] = [];
  for await (const fn of inPieces([...functions.values()])) missing.push(...missingCode(fn, codeLayoutOf));
  await nextTurn();
  const ofFunctions = [...outside, ...missing].map((problem) => ({
    ...problem,
    functions: [problem.subject ?? ""],
  }));
  const problems = [...mergeInherited(templateProblems(listed)), ...ofFunctions];
  return {
    functions,
    problems: problems.map((problem) => ({ ...problem, isBlocking: isBlocking(problem, functions) })),
    templates: templatesOf(listed, new Set(problems.map(({ template }) => template))),
  };
}

function isBlocking(
  { functions: names = [] }: TemplateProblem,
  functions: ReadonlyMap<string, LocalFunction>,
): boolean {
  return names.some((name) => functions.get(name)?.cannotRun !== undefined);
}

/** The problems of the templates, without those of copies; each with its template and functions. */
function templateProblems({ roots, members, copies, names }: Members): TemplateProblem[] {
  const byDeclaration = Map.groupBy(members, ({ fn }) =>
    declarationKey(fn.place.file, fn.logicalId ?? fn.name),
  );
  const isCopy = ({ functions: own }: ParsedTemplate) => own.length > 0 && own.every((fn) => copies.has(fn));
  return roots
    .filter(([, template]) => !isCopy(template))
    .flatMap(([file, template]) => template.problems.map((problem) => ({ ...problem, template: file })))
    .filter((problem) => !isAboutAny(problem, copies))
    .map((problem) => {
      const key = declarationKey(problem.place?.file ?? problem.template, problem.subject);
      const own = (byDeclaration.get(key) ?? []).filter(({ file }) => file === problem.template);
      return { ...problem, functions: own.map(({ fn }) => names.get(fn) ?? fn.name) };
    });
}

function declarationKey(file: string, subject: string | undefined): string {
  return JSON.stringify([file, subject]);
}

/** Replaces the functions that may not run. Returns why, a problem each. */
async function confineAll(
  functions: Map<string, LocalFunction>,
  confine: (fn: LocalFunction) => LocalFunction,
): Promise<TemplateProblem[]> {
  const problems: TemplateProblem[] = [];
  for await (const [name, fn] of inPieces([...functions])) {
    const confined = confine(fn);
    if (confined === fn) continue;
    functions.set(name, confined);
    const { cannotRun: text = "", place } = confined;
    problems.push({ kind: "codeUnavailable", subject: name, text, place });
  }
  return problems;
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
    const functions = [...new Set(group.flatMap((each) => each.functions ?? []))];
    const templates = new Set(group.map(({ template }) => template));
    return group.slice(0, 1).map((first) => ({
      ...first,
      subject,
      functions,
      template: templates.size === 1 ? first.template : undefined,
    }));
  });
}

function formatSubjects(subjects: readonly string[]): string {
  const rest = subjects.length - MAX_NAMED_FUNCTIONS;
  const more = rest > 0 ? [`${rest} more`] : [];
  return formatList([...subjects.slice(0, MAX_NAMED_FUNCTIONS), ...more]);
}
