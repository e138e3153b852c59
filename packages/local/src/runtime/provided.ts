import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import type { LocalFunction } from "../model/localFunction.ts";
import { fileStamp } from "../model/codeStamp.ts";
import { CannotRun, type Runtime } from "./plan.ts";
import { statOf } from "../model/statOf.ts";

/** Functions that bring their runtime along: an executable `bootstrap` that speaks the Runtime API. */
export function provided(platform: NodeJS.Platform): Runtime {
  return {
    takes: (fn) => fn.runtime.startsWith("provided"),
    async check(fn) {
      findBootstrap(fn, platform);
    },
    async prepare(fn) {
      const bootstrap = findBootstrap(fn, platform);
      return {
        stamp: fileStamp(bootstrap) ?? "missing",
        plan: () => ({
          executable: bootstrap,
          args: [],
          taskRoot: fn.codeRoot,
          env: {},
          version: "bootstrap",
        }),
      };
    },
  };
}

/** As Lambda looks for it: in the package, then in the layers. */
function findBootstrap(fn: LocalFunction, platform: NodeJS.Platform): string {
  const names = platform === "win32" ? ["bootstrap.exe"] : ["bootstrap"];
  const folders = [fn.codeRoot, ...(fn.layers ?? []).toReversed()];
  const found = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => statOf(path)?.isFile());
  if (found === undefined) {
    const message = `${fn.name}: no executable ${names[0]} in ${fn.codeRoot}. Build it there for this machine, or set CodeUri to the folder that has it.`;
    throw new CannotRun(message, "code");
  }
  if (!isExecutable(found)) {
    const command = `chmod +x ${JSON.stringify(found)}`;
    throw new CannotRun(`${fn.name}: ${found} is not executable. Run: ${command}`, "code", command);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
