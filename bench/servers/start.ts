import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server in a process of its own. */
export interface BenchServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
}

/** Starts a script of this folder that prints its port; throws where it ends before. */
export async function startBenchServer(
  script: "bareServer.ts" | "lambdaServer.ts",
  ...args: number[]
): Promise<BenchServer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`bench/servers/${script} ended with code ${code}.`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}
