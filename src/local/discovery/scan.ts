import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** `template.yaml`, `sam.json`, `orders.template.yml`, `template-dev.yaml` and their like. */
const templateName = /^(?:template|sam|.+[.-]template|template[.-].+)\.(?:ya?ml|json)$/i;

/** Folders that hold no sources: nothing is looked for, or watched, in them. */
const skipped = new Set(["node_modules", "cdk.out", "__pycache__", "venv"]);

/** True for a file that may be a template, by its name. */
export function mayBeTemplate(path: string): boolean {
  return templateName.test(basename(path));
}

/** True for a folder that is passed over, by its name. */
export function isSkipped(name: string): boolean {
  return name.startsWith(".") || skipped.has(name);
}

/** The templates in a folder, absolute paths in order. */
export async function findTemplates(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const templates: string[] = [];
  const visit = (path: string, files: readonly string[]) => {
    templates.push(...files.filter(mayBeTemplate).map((name) => join(path, name)));
  };
  await walk(folder, { enter: () => {}, visit }, signal);
  return templates.sort();
}

/** What is done at each folder of a walk. */
export interface Visitor {
  /** Called before the folder is read: a watcher set here misses nothing that comes later. */
  enter(folder: string): void;
  visit(folder: string, files: readonly string[]): void;
}

/** Walks through a folder without following links; what cannot be read is passed over. */
export async function walk(folder: string, visitor: Visitor, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  visitor.enter(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  visitor.visit(
    folder,
    entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
  );
  const inner = entries.filter((entry) => entry.isDirectory() && !isSkipped(entry.name));
  await Promise.all(inner.map((entry) => walk(join(folder, entry.name), visitor, signal)));
}
