import { build as bundle, type Metafile, transform } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./host/paths.ts";
import { thirdPartyNotices } from "./notices.ts";
import { bundles, copies, type Bundle, type Copy } from "./shipped.ts";

/** How to build. */
export interface BuildOptions {
  minify: boolean;
  sourcemap: boolean;
}

interface Output {
  /** Relative to dist/. */
  path: string;
  text: string;
}

const dist = join(root, "dist");

/** Builds everything that ships into dist/, and removes what an earlier build left there. Returns the files' paths. */
export async function build(options: BuildOptions): Promise<string[]> {
  const made = await Promise.all(bundles.map((entry) => bundleOne(entry, options)));
  const notices = await thirdPartyNotices(made.map(({ metafile }) => metafile));
  const outputs = [
    ...made.flatMap((each) => each.outputs),
    { path: "THIRD-PARTY-NOTICES.txt", text: notices },
  ];
  for (const { path, text } of outputs) await writeIfChanged(join(dist, path), text);
  for (const copy of copies) await copyOne(copy, options);
  const wanted = new Set([...outputs.map(({ path }) => path), ...copies.map(({ to }) => to)]);
  await removeOthers(wanted);
  return [...wanted].toSorted();
}

/** Copies a file. Scripts of ours lose their comments and white space, and nothing else: a function's process runs them. */
async function copyOne({ from, to }: Copy, { minify }: BuildOptions): Promise<void> {
  const [source, target] = [join(root, from), join(dist, to)];
  await mkdir(dirname(target), { recursive: true });
  if (!minify || !/^packages\/local\/src\/.*\.[cm]js$/.test(from)) return copyFile(source, target);
  const { code } = await transform(await readFile(source, "utf8"), { minifyWhitespace: true });
  await writeIfChanged(target, code);
}

/**
 * Bundles one entry. esbuild splits at each `import()` only in ES modules, so it makes those first; each is then
 * rewritten as CommonJS, where an `import()` becomes a `require` of its chunk on first use. What two chunks share is
 * in a third: a class is the same class everywhere.
 */
async function bundleOne(
  { entry, out, format }: Bundle,
  options: BuildOptions,
): Promise<{ outputs: Output[]; metafile: Metafile }> {
  const folder = dirname(out);
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: { [out.slice(folder === "." ? 0 : folder.length + 1).replace(/\.[cm]js$/, "")]: entry },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // The SDK's ES modules first: what is not used of them is left out.
    mainFields: ["module", "main"],
    // The SDK imports bowser in browsers only.
    external: ["vscode", "*.node", "bowser"],
    outdir: join(dist, folder),
    chunkNames: "chunks/[name]-[hash]",
    minify: options.minify,
    sourcemap: options.sourcemap ? "inline" : false,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const extension = format === "esm" ? ".mjs" : ".cjs";
  const outputs = await Promise.all(
    result.outputFiles.map(async ({ path, text }) => ({
      path: relative(dist, path).replaceAll("\\", "/").replace(/\.js$/, extension),
      text: format === "esm" ? text : await toCommonJs(text, options),
    })),
  );
  return { outputs: withoutUnused(outputs, out), metafile: result.metafile };
}

/** esbuild also makes a chunk for an `import()` in code that it leaves out; names have a hash, so the code shows which chunks it loads. */
function withoutUnused(outputs: readonly Output[], entry: string): Output[] {
  const used = new Set(outputs.filter(({ path }) => path === entry));
  for (const { text } of used) {
    for (const other of outputs) if (text.includes(`/${basename(other.path)}"`)) used.add(other);
  }
  return [...used];
}

async function toCommonJs(text: string, options: BuildOptions): Promise<string> {
  const result = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: options.minify,
    sourcemap: options.sourcemap ? "inline" : false,
    supported: { "dynamic-import": false },
  });
  const code = result.code.replaceAll(/require\("(\.{1,2}\/[^"]+)\.js"\)/g, 'require("$1.cjs")');
  return options.sourcemap ? code : requireVscodeOnce(code);
}

/** Each source file has its import; VS Code finds out who asks at each `require` of its own module, which takes time. */
function requireVscodeOnce(code: string): string {
  const call = 'require("vscode")';
  return code.includes(call) ? `const vscode$=${call};${code.replaceAll(call, () => "vscode$")}` : code;
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, "utf8")) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function removeOthers(wanted: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(relative(dist, path).replaceAll("\\", "/")))
      await rm(path, { force: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { sourcemap: { type: "boolean", default: false } } });
  const files = await build({ minify: !values.sourcemap, sourcemap: values.sourcemap });
  console.log(`Built ${files.length} files into dist/.`);
}
