import { missingCode } from "../workspace/handlers.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";
import { listText } from "../template/plain.ts";
import type { TemplateReading } from "./templateFile.ts";

/** The functions of a workspace, each name once, and what is to be said of them. */
export interface Composition {
  functions: ReadonlyMap<string, LocalFunction>;
  problems: readonly Problem[];
}

/** Puts the readings of all templates, by file, together. */
export function compose(readings: ReadonlyMap<string, TemplateReading>): Composition {
  const roots = rootsOf(readings);
  const functions = new Map<string, LocalFunction>();
  const hidden: LocalFunction[] = [];
  const twice: [LocalFunction, LocalFunction][] = [];
  for (const fn of roots.flatMap((reading) => reading.functions)) {
    const first = functions.get(fn.name);
    if (!first) functions.set(fn.name, fn);
    // A template made of another, with its code in a bucket, stands behind that other.
    else if (fn.cannotRun !== undefined) hidden.push(fn);
    else if (first.cannotRun !== undefined) {
      hidden.push(first);
      functions.set(fn.name, fn);
    } else twice.push([fn, first]);
  }
  const said = roots.flatMap((reading) => reading.problems).filter((problem) => !isAbout(problem, hidden));
  return {
    functions,
    problems: [...saidOnce(said), ...duplicates(twice), ...[...functions.values()].flatMap(missingCode)],
  };
}

/** Readings in order of their files, without those that are part of another; of a ring of them, the first. */
function rootsOf(readings: ReadonlyMap<string, TemplateReading>): TemplateReading[] {
  const sorted = [...readings].sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = new Set(sorted.flatMap(([, reading]) => reading.nested));
  const roots = sorted.filter(([file]) => !inner.has(file));
  const covered = new Set(roots.flatMap(([file, reading]) => [file, ...reading.nested]));
  for (const [file, reading] of sorted) {
    if (covered.has(file)) continue;
    roots.push([file, reading]);
    for (const each of [file, ...reading.nested]) covered.add(each);
  }
  return roots.map(([, reading]) => reading);
}

function isAbout(problem: Problem, hidden: readonly LocalFunction[]): boolean {
  return hidden.some(
    (fn) =>
      problem.place?.file === fn.place.file && problem.message.startsWith(`${fn.logicalId ?? fn.name}: `),
  );
}

/** What is the same of many functions, because it is written once for all of them, is said once. */
function saidOnce(problems: readonly Problem[]): Problem[] {
  const parted = problems.map(({ message, place }) => {
    const [title = ""] = /^[\w-]+(?=: )/.exec(message) ?? [];
    return { title, rest: message.slice(title.length), place };
  });
  const same = Map.groupBy(parted, ({ rest, place }) => JSON.stringify([rest, place]));
  return [...same.values()].flatMap((all) => {
    const [first] = all;
    if (!first) return [];
    const titles = [...new Set(all.map(({ title }) => title))];
    const more = titles.length > mostNamed ? [`${titles.length - mostNamed} more`] : [];
    const message = listText([...titles.slice(0, mostNamed), ...more]) + first.rest;
    return [first.place ? { message, place: first.place } : { message }];
  });
}

/** Of functions that have the same problem, so many are named. */
const mostNamed = 3;

/** One sentence for each pair of files: two stages of an application have all their functions in common. */
function duplicates(twice: readonly [LocalFunction, LocalFunction][]): Problem[] {
  const pairs = Map.groupBy(twice, ([fn, first]) => `${fn.place.file}\n${first.place.file}`);
  return [...pairs.values()].flatMap((pair) => {
    const [fn, first] = pair[0] ?? [];
    if (!fn || !first) return [];
    const where = `${first.place.file}:${first.place.line + 1}`;
    const names = [...new Set(pair.map(([each]) => each.name))];
    const message =
      names.length === 1
        ? `${fn.name} is declared twice; the one at ${where} runs. Give one of them another FunctionName.`
        : `${names.length} functions are declared twice; those of ${first.place.file} run: ${names.join(", ")}.`;
    return [{ message, place: fn.place }];
  });
}
