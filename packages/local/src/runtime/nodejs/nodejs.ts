import { dirname, extname, join } from "node:path";
import { fileStamp } from "../../model/fileStamp.ts";
import { findHandler, type StampedFile } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { realPath } from "../../discovery/code/boundary.ts";
import { inLayers, pathsInLayers, pathVariable } from "../shared/layers.ts";
import type { DebugPlan, Prepared, Runtime, RuntimeHost, RuntimePlan } from "../shared/runtime.ts";
import { whyNoDecoratorTypes } from "./decorators.ts";
import { Esbuild, hasEsbuild, missingEntry, type Built } from "./esbuild.ts";
import { handlerFiles, packagesIn } from "./handlerFiles.ts";
import { parseInspectorLine } from "./inspectorLine.ts";
import { entryOf } from "./esbuildOptions.ts";
import { majorVersion } from "./majorVersion.ts";
import { NodeFinder } from "./nodeFinder.ts";
import type { NodeInstallation } from "./nodeProbe.ts";
import { NodejsPackages, packagesFolder } from "./runtimePackages.ts";
import type { StartOptions } from "./startOptions.ts";
import { Translator } from "./translator.ts";
import { typescriptOptions } from "./typescript.ts";

/** Node.js functions, run by AWS's runtime client for Node.js. TypeScript is built first. */
export const nodejs: Runtime = {
  label: "Node.js",
  includes: (runtime) => runtime.startsWith("nodejs"),
  handlerFiles,
  inlineFile: "index.js",
  layerFolders: (layers, runtime) => inLayers(layers, packagesIn(runtime)),
  setUp(host) {
    const esbuild = new Esbuild(host);
    const packages = new NodejsPackages(host);
    const nodes = new NodeFinder(host);
    const translator = new Translator(host);
    return {
      async check(fn) {
        await nodes.find(fn);
        checkPackages(fn, host, packages);
        if (!needsBuild(fn, findHandler(fn))) return undefined;
        return whyNoDecoratorTypes(fn, typescriptOptions(fn, host)?.compiler);
      },
      async prepare(fn, signal) {
        const node = await nodes.find(fn);
        const handler = findHandler(fn);
        checkPackages(fn, host, packages);
        const handled = { fn, handler, host, node };
        if (!needsBuild(fn, handler)) return prepared(handled);
        if (hasEsbuild(fn)) return prepared({ ...handled, built: await esbuild.build(fn, signal) });
        const typescript = typescriptOptions(fn, host);
        if (!typescript) throw missingEntry(fn);
        const translate = () => translator.translate(packages.typescriptFrom(typescript.handler), typescript);
        return prepared({ ...handled, typescript, translate });
      },
    };
  },
};

function checkPackages(fn: LocalFunction, host: RuntimeHost, packages: NodejsPackages): void {
  packages.check(fn, {
    handler: entryOf(fn),
    layerFolders: nodejs.layerFolders(fn.layers ?? [], fn.runtime),
    // Node.js alone only removes what is written as a type.
    leavesOutTypes: hasEsbuild(fn) || typescriptOptions(fn, host)?.compiler !== undefined,
  });
}

/** Whether Node.js can't run the handler as it is, or the template says how to build it. */
function needsBuild(fn: LocalFunction, handler: StampedFile | undefined): boolean {
  return fn.build !== undefined || /^\.[cm]?tsx?$/.test(extname(handler?.path ?? ""));
}

/** A function, and how its handler is run. */
interface Handled {
  fn: LocalFunction;
  handler: StampedFile | undefined;
  host: RuntimeHost;
  node: NodeInstallation;
  built?: Built;
  typescript?: StartOptions["typescript"];
  /** Called before a process starts. */
  translate?: () => Promise<void>;
}

function prepared(handled: Handled): Prepared {
  const { handler, node, built, typescript } = handled;
  const entry = typescript ? fileStamp(typescript.handler) : handler?.stamp;
  return {
    stamp: `${node.path} ${node.version} ${built?.stamp ?? entry ?? "missing"}`,
    async plan() {
      await handled.translate?.();
      return planOf(handled, {});
    },
    debug: async () => debugPlan(handled, planOf(handled, { debug: true })),
  };
}

function planOf({ fn, host, node, built, typescript }: Handled, options: StartOptions): RuntimePlan {
  const hasMaps = built !== undefined || typescript !== undefined;
  return {
    executable: node.path,
    args: [
      ...heapOptions(fn.memorySizeMb + (typescript?.compiler === undefined ? 0 : COMPILER_MB)),
      ...(options.debug ? [PRIVATE_INSPECTOR] : []),
      ...(hasMaps ? ["--enable-source-maps", "--disable-warning=ExperimentalWarning"] : []),
      ...(typescript ? [] : requireOptions(fn)),
      startScript(host),
      clientOf(fn, host),
      JSON.stringify({ ...options, typescript } satisfies StartOptions),
    ],
    taskRoot: built?.folder ?? fn.codeRoot,
    env: { ...nodePath(fn, built, host), ...layerVariables(fn, host, node), ...electronVariables(node) },
    version: versionOf(node),
  };
}

/**
 * Has Node.js tell the path of its inspector, a random UUID, on standard error only. Who doesn't know it can't attach: any
 * user of the machine can connect to the port. Source: "Command-line API" in the Node.js API documentation.
 */
const PRIVATE_INSPECTOR = "--inspect-publish-uid=stderr";

/** For the log, because native packages are built for one of both. */
function versionOf({ version, electron }: NodeInstallation): string {
  return electron === undefined ? `node ${version}` : `node ${version} of Electron ${electron}`;
}

/** Electron runs as Node.js only with this variable. */
function electronVariables({ electron }: NodeInstallation): RuntimePlan["env"] {
  return electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" };
}

function startScript({ files }: RuntimeHost): string {
  return join(files.scripts, "nodejs", "start.mjs");
}

/** Has the process and its child processes find layers in `/opt`. A packaged Electron ignores `--require`, and warns of it. */
function layerVariables(
  { environment, layers = [] }: LocalFunction,
  { files }: RuntimeHost,
  { electron }: NodeInstallation,
): RuntimePlan["env"] {
  if (layers.length === 0) return {};
  const variables = { _LAMBDA_LOCAL_LAYERS: JSON.stringify(layers.map(realPath)) };
  if (electron !== undefined) return variables;
  const preload = JSON.stringify(join(files.scripts, "nodejs", "layers", "preload.cjs"));
  const options = ["--require", preload, environment["NODE_OPTIONS"]];
  return { ...variables, NODE_OPTIONS: options.filter(Boolean).join(" ") };
}

function clientOf(fn: LocalFunction, { files }: RuntimeHost): string {
  return (majorVersion(fn.runtime) ?? 0) >= 24 ? files.client4 : files.client3;
}

/** What TypeScript's compiler takes of the heap, in MB, so that it doesn't count as the function's. */
const COMPILER_MB = 192;

/** As in Lambda's own start script: nine tenths of the memory for the old generation, a twentieth for each half of the young. */
function heapOptions(memorySizeMb: number): string[] {
  const share = (part: number) => Math.max(1, Math.floor(memorySizeMb * part));
  return [`--max-old-space-size=${share(0.9)}`, `--max-semi-space-size=${share(0.05)}`];
}

/** Up to nodejs22.x, Lambda doesn't let `require` load an ES module, unless NODE_OPTIONS does. */
function requireOptions({ runtime, environment }: LocalFunction): string[] {
  const isAllowed = /(^|\s)--experimental-require-module(\s|$)/.test(environment["NODE_OPTIONS"] ?? "");
  return (majorVersion(runtime) ?? 0) < 24 && !isAllowed ? ["--no-experimental-require-module"] : [];
}

/** As on Lambda: the layers, what the runtime includes, and the function's folder. */
function nodePath(fn: LocalFunction, built: Built | undefined, host: RuntimeHost): Record<string, string> {
  const layerFolders = nodejs.layerFolders(fn.layers ?? [], fn.runtime);
  const modules = built?.modules ?? [];
  return pathVariable("NODE_PATH", [
    ...pathsInLayers(fn.layers ?? [], fn.environment["NODE_PATH"]),
    ...layerFolders,
    ...modules,
    packagesFolder(host),
    fn.codeRoot,
  ]);
}

function debugPlan({ fn, built, host }: Handled, plan: RuntimePlan): DebugPlan {
  const { client3, client4 } = host.files;
  const ours = [startScript(host), client3, client4].map((file) => everythingIn(dirname(file)));
  return {
    plan,
    parseLine: parseInspectorLine,
    target: ({ port, path = "/" }) => ({
      debugger: "node",
      host: "127.0.0.1",
      port,
      webSocketUrl: `ws://127.0.0.1:${port}${path}`,
      localRoot: fn.codeRoot,
      // The process has the same paths; the source maps of built code lead to its sources.
      remoteRoot: fn.codeRoot,
      outFiles: built ? [everythingIn(built.folder)] : [],
      skipFiles: ["<node_internals>/**", ...ours],
    }),
  };
}

/** A glob. */
function everythingIn(folder: string): string {
  return `${folder.replaceAll("\\", "/")}/**`;
}
