import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RuntimeFiles } from "../runtime/plan.ts";

/**
 * Where the files are that sandboxes and the reaper run: beside the built service, or, for the service run from its
 * sources, in this folder and in `node_modules`.
 */
export function runtimeFiles(main: string): RuntimeFiles {
  const folder = dirname(main);
  if (main.endsWith(".cjs")) {
    return {
      ...scripts(join(folder, "runtime")),
      client3: join(folder, "aws-lambda-ric-3", "index.mjs"),
      client4: join(folder, "aws-lambda-ric-4", "index.mjs"),
      reaper: join(folder, "reaper.cjs"),
    };
  }
  const { resolve } = createRequire(main);
  return {
    ...scripts(join(folder, "runtime")),
    client3: resolve("aws-lambda-ric-3"),
    client4: resolve("aws-lambda-ric"),
    reaper: join(folder, "process", "reaper.ts"),
  };
}

function scripts(folder: string): Pick<RuntimeFiles, "build" | "start" | "startPython"> {
  return {
    build: join(folder, "build.mjs"),
    start: join(folder, "start.mjs"),
    startPython: join(folder, "start.py"),
  };
}
