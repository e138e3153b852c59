import type { FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { formatList } from "../template/values.ts";
import { missingCode } from "../workspace/missingCode.ts";
import type { ParsedTemplate } from "./templateFile.ts";

/** The functions of all templates of a workspace, by name, with their problems. */
export interface MergedTemplates {
  functions: ReadonlyMap<string, LocalFunction>;
  problems: readonly TemplateProblem[];
}

/** What is asked about each function. */
interface MergeRules {
  codeLayoutOf: FindCodeLayout;
  /** The function, or the same function with the reason why it may not run. */
  confine: (fn: LocalFunction) => LocalFunction;
}

/** Merges the templates, given by file. Each function name is listed once. */
export function mergeTemplates(
  templates: ReadonlyMap<string, ParsedTemplate>,
  { codeLayoutOf, confine }: MergeRules,
): MergedTemplates {
  const roots = rootsOf(templates);
  const functions = new Map<string, LocalFunction>();
  const hidden: LocalFunction[] = [];
  const duplicates: Duplicate[] = [];
  for (const fn of roots.flatMap((template) => template.functions)) {
    const first = functions.get(fn.name);
    if (!first) functions.set(fn.name, fn);
    // A packaged template, with its code in a bucket, gives way to its source.
    else if (fn.cannotRun !== undefined) hidden.push(fn);
    else if (first.cannotRun !== undefined) {
      hidden.push(first);
      functions.set(fn.name, fn);
    } else duplicates.push({ fn, first });
  }
  const outside = confineAll(functions, confine);
  const problems = roots
    .flatMap((template) => template.problems)
    .filter((problem) => !isAboutAny(problem, hidden));
  return {
    functions,
    problems: [
      ...mergeInherited(problems),
      ...duplicateProblems(duplicates),
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

/** Templates by file name, without those that are nested in another; of a cycle, the first one. */
function rootsOf(templates: ReadonlyMap<string, ParsedTemplate>): ParsedTemplate[] {
  const sorted = [...templates].sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = new Set(sorted.flatMap(([, template]) => template.nested));
  const roots = sorted.filter(([file]) => !inner.has(file));
  const covered = new Set(roots.flatMap(([file, template]) => [file, ...template.nested]));
  for (const [file, template] of sorted) {
    if (covered.has(file)) continue;
    roots.push([file, template]);
    for (const each of [file, ...template.nested]) covered.add(each);
  }
  return roots.map(([, template]) => template);
}

function isAboutAny({ subject, place }: TemplateProblem, functions: readonly LocalFunction[]): boolean {
  return functions.some((fn) => place?.file === fn.place.file && subject === (fn.logicalId ?? fn.name));
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

/** A function and the one of the same name that runs instead. */
interface Duplicate {
  fn: LocalFunction;
  first: LocalFunction;
}

/** One problem for each pair of files: two stages of an application have all their functions in common. */
function duplicateProblems(duplicates: readonly Duplicate[]): TemplateProblem[] {
  const pairs = Map.groupBy(duplicates, ({ fn, first }) => `${fn.place.file}\n${first.place.file}`);
  return [...pairs.values()].flatMap((pair) => {
    const names = [...new Set(pair.map(({ fn }) => fn.name))];
    return pair.slice(0, 1).map(({ fn, first }): TemplateProblem => ({
      kind: "duplicateFunction",
      text: names.length === 1 ? oneDuplicate(fn, first) : manyDuplicates(names, first),
      place: fn.place,
    }));
  });
}

function oneDuplicate({ name }: LocalFunction, { place }: LocalFunction): string {
  const where = `${place.file}:${place.line + 1}`;
  return `${name} is declared twice, and the declaration at ${where} is used. Give one of them another FunctionName.`;
}

function manyDuplicates(names: readonly string[], { place }: LocalFunction): string {
  return `${names.length} functions are declared twice, and the declarations in ${place.file} are used: ${names.join(", ")}.`;
}
