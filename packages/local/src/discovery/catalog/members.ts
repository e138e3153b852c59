import { dirname } from "node:path";
import { isInside } from "../code/boundary.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { memberKey, type AssignedNames } from "../template/scope.ts";
import { assignNames, type Member } from "./assignNames.ts";
import { findCopies, type GeneratedTest } from "./copies.ts";
import type { ParsedTemplate } from "./templateFile.ts";

/** What listing functions needs to know about the workspace's files. */
export interface WorkspaceFiles {
  folders: readonly string[];
  isGenerated: GeneratedTest;
}

/** The functions of a workspace, and the names under which they're listed. */
export interface Members {
  /** The templates that aren't nested in another, by file. */
  roots: readonly (readonly [string, ParsedTemplate])[];
  members: readonly Member[];
  /** Functions that aren't listed, because a template was made of another one. */
  copies: ReadonlySet<LocalFunction>;
  names: ReadonlyMap<LocalFunction, string>;
}

/** The functions of templates, given by file. */
export async function listMembers(
  templates: ReadonlyMap<string, ParsedTemplate>,
  { folders, isGenerated }: WorkspaceFiles,
): Promise<Members> {
  const roots = rootsOf(templates);
  const all = roots.flatMap(([file, { functions }]) => {
    const folder = folders.find((each) => isInside(each, file)) ?? dirname(file);
    return functions.map((fn): Member => ({ fn, file, folder }));
  });
  const copies = await findCopies(all, isGenerated);
  const members = all.filter(({ fn }) => !copies.has(fn));
  return { roots, members, copies, names: assignNames(members) };
}

/** The names that aren't the declared ones, by template. */
export function assignedNames({ members, names }: Members): ReadonlyMap<string, AssignedNames> {
  const byFile = new Map<string, Map<string, string>>();
  for (const { fn, file } of members) {
    const name = names.get(fn) ?? fn.name;
    if (name === (fn.declaredName ?? fn.name) || fn.stack === undefined) continue;
    const ofFile = byFile.get(file) ?? new Map<string, string>();
    byFile.set(file, ofFile.set(memberKey(fn.stack, fn.logicalId ?? fn.name), name));
  }
  return byFile;
}

/** Templates by file name, without those that are nested in another; of a cycle, the first one. */
function rootsOf(templates: ReadonlyMap<string, ParsedTemplate>): [string, ParsedTemplate][] {
  const sorted = [...templates].sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = new Set(sorted.flatMap(([, template]) => template.nested));
  const roots = sorted.filter(([file]) => !inner.has(file));
  const covered = new Set(roots.flatMap(([file, template]) => [file, ...template.nested]));
  for (const [file, template] of sorted) {
    if (covered.has(file)) continue;
    roots.push([file, template]);
    for (const each of [file, ...template.nested]) covered.add(each);
  }
  return roots;
}
