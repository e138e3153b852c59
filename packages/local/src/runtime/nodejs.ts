import { dirname, extname } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { findHandler, type StampedFile } from "../model/codeStamp.ts";
import type { Built, Esbuild } from "./esbuild.ts";
import { joined, nodeFolders } from "./layers.ts";
import type { DebugPlan, Prepared, Runtime, RuntimeFiles, RuntimePlan } from "./plan.ts";

/** Node.js functions, on AWS's runtime client for Node.js in this executable; TypeScript is built first. */
export function nodejs(files: RuntimeFiles, executable: string, esbuild: Esbuild): Runtime {
  const planned = (fn: LocalFunction, handler: StampedFile | undefined, built?: Built): Prepared => {
    const plan = (): RuntimePlan => ({
      executable,
      args: [
        ...heap(fn.memorySizeMb),
        ...(built ? ["--enable-source-maps"] : []),
        files.start,
        clientOf(fn, files),
      ],
      taskRoot: built?.folder ?? fn.codeRoot,
      env: nodePath(fn, built),
      version: `node ${process.versions.node}`,
    });
    return {
      stamp: built?.stamp ?? handler?.stamp ?? "missing",
      plan,
      debug: async () => debugPlan(fn, plan(), files, built),
    };
  };
  return {
    takes: (fn) => fn.runtime.startsWith("nodejs"),
    async check(fn) {
      if (wantsBuild(fn, findHandler(fn))) esbuild.check(fn);
    },
    async prepare(fn, signal) {
      const handler = findHandler(fn);
      return wantsBuild(fn, handler)
        ? planned(fn, handler, await esbuild.build(fn, signal))
        : planned(fn, handler);
    },
  };
}

/** Whether a function's handler is none that Node.js runs as it is, or the template says how to build it. */
function wantsBuild(fn: LocalFunction, handler: StampedFile | undefined): boolean {
  return fn.build !== undefined || /^\.[cm]?tsx?$/.test(extname(handler?.path ?? ""));
}

function clientOf(fn: LocalFunction, files: RuntimeFiles): string {
  const version = Number(/^nodejs(\d+)\./.exec(fn.runtime)?.[1] ?? 0);
  return version >= 24 ? files.client4 : files.client3;
}

/** As Lambda's own start script does: nine tenths of the memory for the old generation, a twentieth for each half of the young. */
function heap(memorySizeMb: number): string[] {
  const share = (part: number) => Math.max(1, Math.floor(memorySizeMb * part));
  return [`--max-old-space-size=${share(0.9)}`, `--max-semi-space-size=${share(0.05)}`];
}

function nodePath(fn: LocalFunction, built: Built | undefined): Record<string, string> {
  const own = fn.environment["NODE_PATH"];
  return joined("NODE_PATH", [own, ...nodeFolders(fn.layers ?? [], fn.runtime), ...(built?.modules ?? [])]);
}

function debugPlan(
  fn: LocalFunction,
  plan: RuntimePlan,
  files: RuntimeFiles,
  built: Built | undefined,
): DebugPlan {
  const ours = [files.start, files.client3, files.client4].map((file) => glob(dirname(file)));
  return {
    plan: { ...plan, args: [...plan.args, "debug"] },
    target: (port) => ({
      debugger: "node",
      host: "127.0.0.1",
      port,
      localRoot: fn.codeRoot,
      // The process has the same paths; what was built finds its sources by its map.
      remoteRoot: fn.codeRoot,
      outFiles: built ? [glob(built.folder)] : [],
      skipFiles: ["<node_internals>/**", ...ours],
    }),
  };
}

/** All that is in a folder. */
function glob(folder: string): string {
  return `${folder.replaceAll("\\", "/")}/**`;
}
