import { createVSIX, listFiles } from "@vscode/vsce";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.ts";
import { root } from "./host/paths.ts";

/** The extension as it is installed. */
export interface Package {
  /** Absolute path of the VSIX. */
  path: string;
  bytes: number;
  /** What is in it, relative to the repository. */
  files: readonly { path: string; bytes: number }[];
}

/** The most that a VSIX may have, in kilobytes. */
export const packageLimitKb = 400;

/** Builds everything that ships, and makes the VSIX of it. */
export async function packageExtension(): Promise<Package> {
  const path = join(root, "out", "lambda-invoke.vsix");
  await build({ minify: true, sourcemap: false });
  await mkdir(join(root, "out"), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: path,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const names = await listFiles({ cwd: root, packagedDependencies: [] });
  const files = names.map(async (name) => ({ path: name, bytes: (await stat(join(root, name))).size }));
  return { path, bytes: (await stat(path)).size, files: await Promise.all(files) };
}

if (import.meta.main) {
  const { bytes, files } = await packageExtension();
  for (const file of files) console.log(`${(file.bytes / 1024).toFixed(1).padStart(8)} KB  ${file.path}`);
  const sizeKb = bytes / 1024;
  console.log(`\nout/lambda-invoke.vsix: ${sizeKb.toFixed(1)} KB, of at most ${packageLimitKb} KB`);
  if (sizeKb > packageLimitKb) process.exitCode = 1;
}
