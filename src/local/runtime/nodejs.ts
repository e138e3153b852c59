import { dirname } from "node:path";
import type { LocalFunction } from "../discovery/localFunction.ts";
import { codeStamp } from "../sandbox/codeStamp.ts";
import type { DebugTargetAt, Runtime, RuntimeFiles, RuntimePlan } from "./plan.ts";

/** Node.js functions, on AWS's runtime client for Node.js in this executable. */
export function nodejs(files: RuntimeFiles, executable: string): Runtime {
  const plan = async (fn: LocalFunction): Promise<RuntimePlan> => ({
    executable,
    args: [...heap(fn.memorySizeMb), files.start, clientOf(fn, files)],
    taskRoot: fn.codeRoot,
    env: {},
    stamp: codeStamp(fn),
  });
  return {
    takes: (fn) => fn.runtime.startsWith("nodejs"),
    plan,
    async debugPlan(fn) {
      const undebugged = await plan(fn);
      return { plan: { ...undebugged, args: [...undebugged.args, "debug"] }, target: targetOf(fn, files) };
    },
  };
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

function targetOf(fn: LocalFunction, files: RuntimeFiles): DebugTargetAt {
  const folders = [files.start, files.client3, files.client4].map((file) => `${dirname(file)}/**`);
  return (port) => ({
    debugger: "node",
    host: "127.0.0.1",
    port,
    localRoot: fn.codeRoot,
    remoteRoot: fn.codeRoot,
    outFiles: [],
    skipFiles: ["<node_internals>/**", ...folders.map((folder) => folder.replaceAll("\\", "/"))],
  });
}
