import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { isInside } from "../code/boundary.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { inPieces } from "../workspace/inPieces.ts";
import type { Member } from "./assignNames.ts";

/** Folders that builds write to. Those of the CDK aren't copies, because its templates exist nowhere else. */
const outputFolder = /^(?:dist|build|builds|out|output|target|artifacts?)$/i;

const MAX_WILDCARDS = 5;

/** The content of a file; undefined where there's none that may be read. */
type ReadText = (path: string) => string | undefined;

/** Whether a build wrote the template of a function, or Git ignores it. */
export type GeneratedTest = (member: Member) => boolean;

/**
 * The functions that another template declares too, because theirs was made of it: a packaged template, whose code is in a
 * bucket, and a copy in a folder that's ignored by Git or that a build writes to.
 */
export async function findCopies(
  members: readonly Member[],
  isGenerated: GeneratedTest,
): Promise<ReadonlySet<LocalFunction>> {
  const copies = new Set<LocalFunction>();
  const groups = Map.groupBy(members, ({ fn }) => fn.declaredName ?? fn.name);
  const shared = [...groups.values()].filter(({ length }) => length > 1);
  const generated = new Set<Member>();
  for await (const member of inPieces(shared.flat())) if (isGenerated(member)) generated.add(member);
  for (const group of shared) {
    const [made, written] = partition(group, generated);
    for (const each of made) if (written.some((other) => isSame(each.fn, other.fn))) copies.add(each.fn);
    for (const each of group) if (group.some((other) => isPackagedFrom(each, other))) copies.add(each.fn);
  }
  return copies;
}

function partition(members: readonly Member[], chosen: ReadonlySet<Member>): [Member[], Member[]] {
  return [members.filter((each) => chosen.has(each)), members.filter((each) => !chosen.has(each))];
}

function isSame(one: LocalFunction, other: LocalFunction): boolean {
  return one.logicalId === other.logicalId && one.runtime === other.runtime;
}

/** Whether the code of a function is in a bucket, and that of the same one in a template nearby isn't. */
function isPackagedFrom(packaged: Member, source: Member): boolean {
  if (packaged.fn.cannotRun === undefined || source.fn.cannotRun !== undefined) return false;
  const [one, other] = [dirname(packaged.file), dirname(source.file)];
  return isSame(packaged.fn, source.fn) && (isInside(one, other) || isInside(other, one));
}

/** The test for a workspace, which looks at each file once. */
export function createGeneratedTest(read: ReadText): GeneratedTest {
  const rules = new Map<string, Ignore | undefined>();
  const rulesIn = (folder: string): Ignore | undefined => {
    if (!rules.has(folder)) {
      const text = read(join(folder, ".gitignore"));
      rules.set(folder, text === undefined ? undefined : ignore().add(simplePatterns(text)));
    }
    return rules.get(folder);
  };
  const isGenerated = ({ file, folder }: Member): boolean => {
    const folders = relative(folder, dirname(file))
      .split(sep)
      .filter((name) => name !== "");
    if (folders.includes("cdk.out") || !isInside(folder, file)) return false;
    return folders.some((name) => outputFolder.test(name)) || isIgnored(file, folder, folders, rulesIn);
  };
  const known = new Map<string, boolean>();
  return (member) => {
    const found = known.get(member.file) ?? isGenerated(member);
    known.set(member.file, found);
    return found;
  };
}

/** Without patterns of so many wildcards that matching them could take forever. */
function simplePatterns(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => (line.match(/\*+/g)?.length ?? 0) <= MAX_WILDCARDS);
}

/** The rules of an inner folder override those of an outer one. */
function isIgnored(
  file: string,
  root: string,
  folders: readonly string[],
  rulesIn: (folder: string) => Ignore | undefined,
): boolean {
  let ignored = false;
  for (let depth = 0; depth <= folders.length; depth += 1) {
    const folder = join(root, ...folders.slice(0, depth));
    const found = rulesIn(folder)?.test(relative(folder, file).replaceAll(sep, "/"));
    if (found?.ignored || found?.unignored) ({ ignored } = found);
  }
  return ignored;
}
