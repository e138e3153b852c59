// Builds a function with the workspace's own esbuild, in a process of its own: what is in a workspace is not loaded
// into the service. Takes the function's folder, its layers and esbuild's options as JSON; answers with the inputs or the errors as JSON.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { layerImports } from "./layers/bundling.mjs";
import { buildWithoutNative } from "./nativePackages.mjs";

const { codeRoot, layers, options } = JSON.parse(process.argv[2] ?? "");

/** @param {{ text: string, location?: { file: string, line: number, column: number } | null }} message */
function sentence({ location, text }) {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}

async function build() {
  try {
    const esbuild = createRequire(join(codeRoot, "package.json")).resolve("esbuild");
    const { default: api } = await import(pathToFileURL(esbuild).href);
    const { metafile } = await buildWithoutNative(api, { ...options, plugins: [layerImports(layers)] });
    return { inputs: Object.keys(metafile.inputs).map((path) => resolve(options.absWorkingDir, path)) };
  } catch (error) {
    const failure = /** @type {{ errors?: Parameters<typeof sentence>[0][] }} */ (error);
    return { errors: failure.errors?.map(sentence) ?? [String(error)] };
  }
}

process.stdout.write(JSON.stringify(await build()));
