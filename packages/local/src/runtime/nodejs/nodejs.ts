import { basename, dirname, extname, join } from "node:path";
import { findHandler, type StampedFile } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { inLayers, pathVariable } from "../shared/layers.ts";
import type { DebugPlan, Prepared, Runtime, RuntimeHost, RuntimePlan } from "../shared/runtime.ts";
import { Esbuild, type Built } from "./esbuild.ts";
import { parseInspectorLine } from "./inspectorLine.ts";
import { majorVersion } from "./majorVersion.ts";

/** Extensions of handler files, in the order of AWS's runtime clients; those that need a build come last. */
const handlerExtensions = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"];

/** Node.js functions, run by AWS's runtime client for Node.js. TypeScript is built first. */
export const nodejs: Runtime = {
  label: "Node.js",
  includes: (runtime) => runtime.startsWith("nodejs"),
  handlerFiles({ codeRoot, handler }) {
    const [module = ""] = basename(handler).split(".");
    return handlerExtensions.map((extension) => join(codeRoot, dirname(handler), module + extension));
  },
  inlineFile: "index.js",
  // A layer that SAM hasn't built yet has its packages at its root.
  layerFolders: (layers, runtime) =>
    inLayers(layers, [
      `nodejs/node${majorVersion(runtime) ?? ""}/node_modules`,
      "nodejs/node_modules",
      "node_modules",
    ]),
  setUp(host) {
    const esbuild = new Esbuild(host);
    return {
      async check(fn) {
        if (needsBuild(fn, findHandler(fn))) esbuild.check(fn);
      },
      async prepare(fn, signal) {
        const handler = findHandler(fn);
        const built = needsBuild(fn, handler) ? await esbuild.build(fn, signal) : undefined;
        return prepared(fn, handler, built, host);
      },
    };
  },
};

/** Whether Node.js can't run the handler as it is, or the template says how to build it. */
function needsBuild(fn: LocalFunction, handler: StampedFile | undefined): boolean {
  return fn.build !== undefined || /^\.[cm]?tsx?$/.test(extname(handler?.path ?? ""));
}

function prepared(
  fn: LocalFunction,
  handler: StampedFile | undefined,
  built: Built | undefined,
  host: RuntimeHost,
): Prepared {
  const plan = (): RuntimePlan => ({
    executable: host.executable,
    args: [
      ...heapOptions(fn.memorySizeMb),
      ...(built ? ["--enable-source-maps"] : []),
      startScript(host),
      clientOf(fn, host),
    ],
    taskRoot: built?.folder ?? fn.codeRoot,
    env: nodePath(fn, built),
    version: `node ${process.versions.node}`,
  });
  return {
    stamp: built?.stamp ?? handler?.stamp ?? "missing",
    plan,
    debug: async () => debugPlan(fn, plan(), built, host),
  };
}

function startScript({ files }: RuntimeHost): string {
  return join(files.scripts, "nodejs", "start.mjs");
}

function clientOf(fn: LocalFunction, { files }: RuntimeHost): string {
  return (majorVersion(fn.runtime) ?? 0) >= 24 ? files.client4 : files.client3;
}

/** As in Lambda's own start script: nine tenths of the memory for the old generation, a twentieth for each half of the young. */
function heapOptions(memorySizeMb: number): string[] {
  const share = (part: number) => Math.max(1, Math.floor(memorySizeMb * part));
  return [`--max-old-space-size=${share(0.9)}`, `--max-semi-space-size=${share(0.05)}`];
}

function nodePath(fn: LocalFunction, built: Built | undefined): Record<string, string> {
  const layerFolders = nodejs.layerFolders(fn.layers ?? [], fn.runtime);
  return pathVariable("NODE_PATH", [fn.environment["NODE_PATH"], ...layerFolders, ...(built?.modules ?? [])]);
}

function debugPlan(
  fn: LocalFunction,
  plan: RuntimePlan,
  built: Built | undefined,
  host: RuntimeHost,
): DebugPlan {
  const { client3, client4 } = host.files;
  const ours = [startScript(host), client3, client4].map((file) => everythingIn(dirname(file)));
  return {
    plan: { ...plan, args: [...plan.args, "debug"] },
    parseLine: parseInspectorLine,
    target: (port) => ({
      debugger: "node",
      host: "127.0.0.1",
      port,
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
