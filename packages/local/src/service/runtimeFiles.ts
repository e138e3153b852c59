import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RuntimeFiles } from "../runtime/shared/runtime.ts";

/** The files that sandboxes and the reaper run. `main` is the service's script: the built one, or `main.ts`. */
export function runtimeFiles(main: string): RuntimeFiles {
  const folder = dirname(main);
  const scripts = join(folder, "runtime");
  if (main.endsWith(".cjs")) {
    return {
      scripts,
      client3: join(folder, "aws-lambda-ric-3", "index.mjs"),
      client4: join(folder, "aws-lambda-ric-4", "index.mjs"),
      reaper: join(folder, "reaper.cjs"),
    };
  }
  const { resolve } = createRequire(main);
  return {
    scripts,
    client3: resolve("aws-lambda-ric-3"),
    client4: resolve("aws-lambda-ric"),
    reaper: join(folder, "process", "reaper.ts"),
  };
}
