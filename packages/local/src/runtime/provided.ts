import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { fileStamp } from "../model/fileStamp.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { statOf } from "../model/statOf.ts";
import { CannotRun, type Runtime } from "./shared/runtime.ts";

/** Functions with a runtime of their own: an executable `bootstrap` that uses the Runtime API. */
export const provided: Runtime = {
  label: "provided.*",
  includes: (runtime) => runtime.startsWith("provided"),
  handlerFiles: ({ codeRoot }) => [join(codeRoot, bootstrapName(process.platform))],
  // It may be in a layer too.
  reportsMissingHandler: true,
  layerFolders: () => [],
  setUp: ({ platform }) => ({
    async check(fn) {
      findBootstrap(fn, platform);
      return undefined;
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
  }),
};

function bootstrapName(platform: NodeJS.Platform): string {
  return platform === "win32" ? "bootstrap.exe" : "bootstrap";
}

/** Like Lambda, looks in the package and then in the layers. */
function findBootstrap(fn: LocalFunction, platform: NodeJS.Platform): string {
  const name = bootstrapName(platform);
  const folders = [fn.codeRoot, ...(fn.layers ?? []).toReversed()];
  const found = folders.map((folder) => join(folder, name)).find((path) => statOf(path)?.isFile());
  if (found === undefined) {
    const text = `There's no executable ${name} in ${fn.codeRoot}. Build it there for this machine, or set CodeUri to the folder that has it.`;
    throw new CannotRun({ subject: fn.name, text, lacks: "code" });
  }
  if (!isExecutable(found)) {
    const command = `chmod +x ${JSON.stringify(found)}`;
    const text = `${found} isn't executable. Run: ${command}`;
    throw new CannotRun({ subject: fn.name, text, lacks: "code", fix: { command } });
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
