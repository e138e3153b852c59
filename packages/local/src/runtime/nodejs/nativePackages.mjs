// Keeps native packages out of what esbuild builds, so that they're loaded from their own folders: they find their
// `.node` files beside them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {import("esbuild").BuildOptions & { absWorkingDir: string, metafile: true }} Options */

/** Packages with which others build or find their `.node` file. */
const helpers = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "node-addon-api",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "prebuild-install",
]);

/**
 * Builds twice where there are native packages, because a plugin that is asked about each import takes longer than all else.
 * @param {Pick<typeof import("esbuild"), "build">} esbuild
 * @param {Options} options
 */
export async function buildWithoutNative(esbuild, options) {
  // The template says what becomes of such files.
  if (options.loader?.[".node"] !== undefined) return esbuild.build(options);
  const build = (/** @type {import("esbuild").Plugin} */ plugin) =>
    esbuild.build({ ...options, plugins: [...(options.plugins ?? []), plugin] });
  try {
    const built = await build(withoutContent);
    const inputs = Object.keys(built.metafile.inputs).map((path) => resolve(options.absWorkingDir, path));
    const native = inputs.filter(isNative);
    if (native.length === 0) return built;
    return await build(keepingOut(new RegExp(`^(${namesOf(native).join("|")})(/|$)|\\.node$`), options));
  } catch {
    // Native packages may import what isn't installed.
    return build(keepingOut(/^[^./]|\.node$/, options));
  }
}

/** @type {import("esbuild").Plugin} */
const withoutContent = {
  name: "native files",
  setup: (build) => build.onLoad({ filter: /\.node$/ }, () => ({ contents: "" })),
};

/** Marks what the plugin itself resolves. */
const own = {};

/**
 * A plugin that keeps native packages and files out, if they're imported in this way.
 * @param {RegExp} filter
 * @param {Options} options
 * @returns {import("esbuild").Plugin}
 */
function keepingOut(filter, { format }) {
  return {
    name: "native packages",
    setup(build) {
      build.onResolve({ filter }, async ({ path, importer, resolveDir, kind: written, pluginData }) => {
        if (pluginData === own || written === "entry-point") return undefined;
        const kind = format === "cjs" && written === "import-statement" ? "require-call" : written;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: own });
        if (found.errors.length > 0 || found.external || !isNative(found.path)) return undefined;
        return {
          path: kind.startsWith("require") ? found.path : pathToFileURL(found.path).href,
          external: true,
        };
      });
    },
  };
}

/**
 * The names by which packages with these files are imported, for a regular expression.
 * @param {readonly string[]} files
 */
function namesOf(files) {
  const names = files.map(
    (file) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ?? "",
  );
  const packages = names.filter(Boolean).map((name) => name.replaceAll("\\", "/"));
  return [...new Set(packages)].map((name) => name.replaceAll(/[^\w/@-]/g, String.raw`\$&`));
}

/**
 * Whether it's a native file, or a file of a native package.
 * @param {string} path
 */
function isNative(path) {
  return path.endsWith(".node") || (/[\\/]node_modules[\\/]/.test(path) && isInNative(dirname(path)));
}

/** @type {Map<string, boolean>} */
const known = new Map();

/**
 * Whether a folder is one of a native package.
 * @param {string} folder
 * @returns {boolean}
 */
function isInNative(folder) {
  const native = known.get(folder) ?? findOut(folder);
  known.set(folder, native);
  return native;
}

/**
 * A package begins at a `package.json` with a name.
 * @param {string} folder
 */
function findOut(folder) {
  const file = join(folder, "package.json");
  const manifest = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  if (manifest.name !== undefined) return hasNativeFiles(folder, manifest);
  return folder !== dirname(folder) && isInNative(dirname(folder));
}

/**
 * @param {string} folder
 * @param {Record<string, any>} manifest
 */
function hasNativeFiles(folder, manifest) {
  if (manifest["gypfile"] || manifest["binary"] || manifest["napi"]) return true;
  if (Object.keys(manifest["dependencies"] ?? {}).some((name) => helpers.has(name))) return true;
  if (readdirSync(folder).some((name) => /^(binding\.gyp|prebuilds)$|\.node$/.test(name))) return true;
  if (existsSync(join(folder, "build", "Release"))) return true;
  const platforms = Object.keys(manifest["optionalDependencies"] ?? {});
  return platforms.some((name) => isNativeFile(name, folder));
}

/**
 * Whether a package is a native file, as those for one platform are.
 * @param {string} name
 * @param {string} folder
 */
function isNativeFile(name, folder) {
  try {
    return createRequire(join(folder, "package.json")).resolve(name).endsWith(".node");
  } catch {
    // It's for another platform.
    return false;
  }
}
