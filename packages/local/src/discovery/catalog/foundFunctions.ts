import { basename, dirname } from "node:path";
import type { FoundFunctions } from "../../contract/found.ts";
import type { LocalTemplate } from "../../contract/state.ts";
import { listMembers, type Members, type WorkspaceFiles } from "./members.ts";
import type { ParsedTemplate } from "./templateFile.ts";

/** The functions of the templates that have been read, under the names that they have among these. */
export async function findFunctions(
  templates: ReadonlyMap<string, ParsedTemplate>,
  files: WorkspaceFiles,
): Promise<FoundFunctions> {
  const listed = await listMembers(templates, files);
  const functions = listed.members.map(({ fn }) => ({
    name: listed.names.get(fn) ?? fn.name,
    runtime: fn.runtime === "" ? undefined : fn.runtime,
    packageType: fn.packageType,
  }));
  return { functions, templates: templatesOf(listed, new Set()) };
}

/** The templates that have functions, and those of these files. */
export function templatesOf(
  { roots, members, names }: Members,
  files: ReadonlySet<string | undefined>,
): readonly LocalTemplate[] {
  const byFile = Map.groupBy(members, ({ file }) => file);
  return roots.flatMap(([file, { name }]) => {
    const own = (byFile.get(file) ?? []).map(({ fn }) => names.get(fn) ?? fn.name);
    if (own.length === 0 && !files.has(file)) return [];
    return [{ file, name: name ?? basename(dirname(file)), functions: own }];
  });
}
