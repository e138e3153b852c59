import { basename, dirname, relative, sep } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";

/** A function and the template that it was found by. */
export interface Member {
  fn: LocalFunction;
  /** The template that was found in the workspace; the function may be in one that's nested in it. */
  file: string;
  /** The workspace folder. */
  folder: string;
}

/** Lambda's limit for a function's name. */
const MAX_NAME_LENGTH = 64;
/** How much of a stack's name is left at least where the function's name is long. */
const MIN_LABEL_LENGTH = 16;

/**
 * The names under which functions are listed: the declared ones; where several functions have one, each gets in front of it
 * what tells it apart: its stack, the folders, and at last a number.
 */
export function assignNames(members: readonly Member[]): ReadonlyMap<LocalFunction, string> {
  const groups = Map.groupBy(members, ({ fn }) => declaredName(fn));
  const names = new Map<LocalFunction, string>();
  const shared: Member[] = [];
  for (const [name, [first, ...others]] of groups) {
    if (first && others.length === 0) names.set(first.fn, name);
    else if (first) shared.push(first, ...others);
  }
  const taken = new Set(groups.keys());
  let left: readonly Member[] = shared;
  for (const candidate of candidates) {
    const byName = Map.groupBy(left, candidate);
    for (const [name, [first, ...others]] of byName) {
      if (!first || others.length > 0 || taken.has(name)) continue;
      names.set(first.fn, name);
      taken.add(name);
    }
    left = left.filter(({ fn }) => !names.has(fn));
  }
  for (const member of left) names.set(member.fn, numbered(member, taken));
  return names;
}

function declaredName(fn: LocalFunction): string {
  return fn.declaredName ?? fn.name;
}

/** From the shortest to the most exact. */
const candidates: readonly ((member: Member) => string)[] = [
  (member) => joinName(labelOf(member), declaredName(member.fn)),
  (member) => joinName(labelOf(member), member.fn.logicalId ?? declaredName(member.fn)),
  (member) => joinName(pathLabel(member), declaredName(member.fn)),
  (member) => joinName(pathLabel(member), member.fn.logicalId ?? declaredName(member.fn)),
  (member) => joinName(`${pathLabel(member)}-${stemOf(member.file)}`, declaredName(member.fn)),
];

/** The stack, or the folder where the name begins with the stack's already, as in a service. */
function labelOf({ fn, file }: Member): string {
  const { stack } = fn;
  return stack === undefined || declaredName(fn).startsWith(`${stack}-`) ? basename(dirname(file)) : stack;
}

/** The folders from the workspace's own down to the template, and the stack. */
function pathLabel(member: Member): string {
  const stack = labelOf(member);
  const folders = relative(member.folder, dirname(member.file))
    .split(sep)
    .filter((name) => name !== "");
  const last = folders.at(-1);
  const isNamedLikeFolder = last !== undefined && (stack === last || stack.startsWith(`${last}-`));
  return [...(isNamedLikeFolder ? folders.slice(0, -1) : folders), stack].join("-");
}

function stemOf(file: string): string {
  return basename(file).replace(/\..*$/, "");
}

/** `label-name`, with what Lambda accepts in a name. */
function joinName(label: string, name: string): string {
  const end = name.slice(0, MAX_NAME_LENGTH - MIN_LABEL_LENGTH - 1);
  const start = label.replaceAll(/[^\w-]+/g, "-").slice(0, MAX_NAME_LENGTH - end.length - 1);
  return `${start.replaceAll(/^-+|-+$/g, "") || "local"}-${end}`;
}

function numbered(member: Member, taken: Set<string>): string {
  for (let count = 2; ; count += 1) {
    const name = joinName(`${labelOf(member)}-${count}`, declaredName(member.fn));
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
