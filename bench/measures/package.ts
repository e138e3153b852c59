import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageBuilt, packageLimitKb, type ShippedFile } from "../../tools/package.ts";
import { copies } from "../../tools/shipped.ts";
import type { Installed } from "../installed.ts";
import type { Row } from "../row.ts";
import { summarize } from "../samples.ts";

/** What a user reads, or a license asks for. */
const DOCUMENTS = /(^|\/)(package\.json|README\.md|CHANGELOG\.md|[\w-]*(LICEN[CS]E|NOTICE)S?[\w.-]*)$/i;

/** The VSIX: its size, and the files in it that nothing would ever load. */
export async function measurePackage({ files, staged }: Installed): Promise<Row[]> {
  const kilobytes = summarize([(await packageBuilt()) / 1024]);
  const idle = await findIdle(files, staged);
  const note = `${files.length} files; each script is loaded or started by another, each picture named in package.json.`;
  return [
    {
      what: "VSIX, its size",
      unit: "KB",
      ours: kilobytes,
      figure: kilobytes.median,
      limit: packageLimitKb,
      enforced: true,
      ...(idle.length === 0 && { note }),
    },
    {
      what: "VSIX, files that nothing uses",
      unit: "files",
      ours: summarize([idle.length]),
      figure: idle.length,
      limit: 0,
      enforced: true,
      ...(idle.length > 0 && { note: `Nothing uses ${idle.join(", ")}.` }),
    },
  ];
}

/** The files that cannot be reached from package.json: by `require` and `import`, by a name in a script, or as a copy that is started. */
async function findIdle(files: readonly ShippedFile[], staged: string): Promise<string[]> {
  const contents = new Map<string, string>();
  for (const { path } of files) contents.set(path, await readFile(join(staged, path), "utf8"));
  const reached = new Set(["package.json"]);
  for (const path of reached) {
    const text = contents.get(path) ?? "";
    for (const { path: other } of files) if (names(text, path, other)) reached.add(other);
  }
  return files.map(({ path }) => path).filter((path) => !reached.has(path) && !DOCUMENTS.test(path));
}

/** Whether a file names another: by its path from the extension's folder, or from its own, or as it is put together of parts. */
function names(text: string, path: string, other: string): boolean {
  if (text.includes(`"${other}"`) || text.includes(`"./${other}"`)) return true;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  if (!other.startsWith(folder)) return false;
  const relative = other.slice(folder.length);
  if (text.includes(`"./${relative}"`)) return true;
  // From a chunk, another is beside it; what is started is joined of its folders and its name.
  // A Python module is found by its folder, which is on the interpreter's search path.
  const parts = relative.split("/").filter((part) => !part.endsWith(".py") || part === "start.py");
  return (
    isStarted(other) && (parts.every((part) => text.includes(`"${part}"`)) || imports(text, path, other))
  );
}

/** Whether a Python file imports another, e.g. by `from .errors import Fault`; a package by any of its modules. */
function imports(text: string, path: string, other: string): boolean {
  if (!path.endsWith(".py") || !other.endsWith(".py")) return false;
  const module =
    other
      .replace(/(\/__init__)?\.py$/, "")
      .split("/")
      .at(-1) ?? "";
  return new RegExp(`^\\s*(?:from|import) [\\w.]*\\b${module}\\b`, "m").test(text);
}

function isStarted(path: string): boolean {
  return copies.some(({ to }) => path === `dist/${to}`) || /^dist\/local\/\w+\.cjs$/.test(path);
}
