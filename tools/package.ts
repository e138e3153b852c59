import { createVSIX, listFiles } from "@vscode/vsce";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.ts";
import { root } from "./host/paths.ts";

/** A file that ships. */
export interface ShippedFile {
  /** Relative to the repository. */
  path: string;
  bytes: number;
}

/** The most that a VSIX may have, in kilobytes. */
export const packageLimitKb = 525;

const packagePath = join(root, "out", "lambda-invoke.vsix");

/** Builds everything that ships; returns all that a VSIX holds of the repository. */
export async function buildShipped(): Promise<ShippedFile[]> {
  await build({ minify: true, sourcemap: false });
  const names = await listFiles({ cwd: root, packagedDependencies: [] });
  return Promise.all(names.map(async (path) => ({ path, bytes: (await stat(join(root, path))).size })));
}

/** Makes the VSIX of what was built; returns its size in bytes. */
export async function packageBuilt(): Promise<number> {
  await mkdir(join(root, "out"), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return (await stat(packagePath)).size;
}

if (import.meta.main) {
  const files = await buildShipped();
  const sizeKb = (await packageBuilt()) / 1024;
  for (const file of files) console.log(`${(file.bytes / 1024).toFixed(1).padStart(8)} KB  ${file.path}`);
  console.log(`\nout/lambda-invoke.vsix: ${sizeKb.toFixed(1)} KB, of at most ${packageLimitKb} KB`);
  if (sizeKb > packageLimitKb) process.exitCode = 1;
}
