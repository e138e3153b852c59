import { join, posix } from "node:path";
import { isInside, realPath } from "../discovery/code/boundary.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { statOf } from "../model/statOf.ts";
import { CannotRun, type RuntimePlan } from "../runtime/shared/runtime.ts";

/** What a process is started with. */
type Command = Pick<RuntimePlan, "executable" | "args">;

/**
 * Has the script of `AWS_LAMBDA_EXEC_WRAPPER` start the runtime, if the function sets it. Throws a `CannotRun` if the script
 * isn't in the function's code or layers. Source: "Modifying the runtime environment" of the Lambda developer guide.
 */
export function withExecWrapper(fn: LocalFunction, { executable, args }: Command): Command {
  const script = fn.environment["AWS_LAMBDA_EXEC_WRAPPER"];
  // Runtimes that a function brings don't read it.
  if (script === undefined || script === "" || fn.runtime.startsWith("provided")) return { executable, args };
  const found = findScript(fn, script);
  if (found !== undefined) return { executable: found, args: [executable, ...args] };
  const text = `The script of AWS_LAMBDA_EXEC_WRAPPER, ${script}, isn't in the function's code or layers. Local runs those in /var/task and /opt. Correct the path, or set the variable to "" in the env file of Local.`;
  throw new CannotRun({ subject: fn.name, text, lacks: "code" });
}

/** The file that a path of Lambda's file system means on this machine; links don't lead out of the code or layer. */
function findScript({ codeRoot, layers = [] }: LocalFunction, script: string): string | undefined {
  const path = posix.normalize(script);
  const places = [
    { mount: "/var/task/", folder: codeRoot },
    ...layers.toReversed().map((layer) => ({ mount: "/opt/", folder: layer })),
  ];
  return places
    .filter(({ mount }) => path.startsWith(mount))
    .map(({ mount, folder }) => ({ folder, file: join(folder, path.slice(mount.length)) }))
    .find(({ folder, file }) => statOf(file)?.isFile() && isInside(realPath(folder), realPath(file)))?.file;
}
