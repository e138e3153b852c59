import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The `node_modules` folders from a folder upward. */
export function packageFolders(folder: string): string[] {
  return upward(folder)
    .map((each) => join(each, "node_modules"))
    .filter((path) => existsSync(path));
}

function upward(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upward(parent)];
}
