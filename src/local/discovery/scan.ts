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

/** What a walk through a folder found: absolute paths. */
export interface Tree {
  folders: readonly string[];
  templates: readonly string[];
}

/** Walks through a folder without following links; what cannot be read is passed over. */
export async function scan(folder: string, signal: AbortSignal): Promise<Tree> {
  const folders: string[] = [];
  const templates: string[] = [];
  const walk = async (path: string): Promise<void> => {
    signal.throwIfAborted();
    folders.push(path);
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && mayBeTemplate(entry.name)) templates.push(join(path, entry.name));
    }
    const inner = entries.filter((entry) => entry.isDirectory() && !isSkipped(entry.name));
    await Promise.all(inner.map((entry) => walk(join(path, entry.name))));
  };
  await walk(folder);
  return { folders, templates: templates.sort() };
}
