import { createVSIX, listFiles } from "@vscode/vsce";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.ts";
import { root } from "./host/paths.ts";

const limitKb = 400;
const packagePath = join(root, "out", "lambda-invoke.vsix");

await build({ minify: true, sourcemap: false });
await mkdir(join(root, "out"), { recursive: true });
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});

for (const file of await listFiles({ cwd: root, packagedDependencies: [] })) {
  const { size } = await stat(join(root, file));
  console.log(`${(size / 1024).toFixed(1).padStart(8)} KB  ${file}`);
}
const sizeKb = (await stat(packagePath)).size / 1024;
console.log(`\nout/lambda-invoke.vsix: ${sizeKb.toFixed(1)} KB, of at most ${limitKb} KB`);
if (sizeKb > limitKb) process.exitCode = 1;
