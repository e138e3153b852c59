import type { LocalFunction } from "../discovery/localFunction.ts";

/** Files that a sandbox runs, absolute paths. */
export interface RuntimeFiles {
  /** The script that starts AWS's runtime client for Node.js. */
  start: string;
  /** Entry points of that client: version 3 takes callbacks as Lambda does up to nodejs22.x, version 4 does not. */
  client3: string;
  client4: string;
  /** The script of the reaper process. */
  reaper: string;
}

/** How to start a sandbox, or why that cannot be done. */
export type SandboxCommand =
  { kind: "run"; executable: string; args: readonly string[] } | { kind: "unsupported"; message: string };

/** The command that runs a function's runtime. */
export function sandboxCommand(fn: LocalFunction, files: RuntimeFiles, executable: string): SandboxCommand {
  const version = /^nodejs(\d+)\./.exec(fn.runtime)?.[1];
  if (version === undefined) {
    return {
      kind: "unsupported",
      message: `${fn.name}: the runtime ${fn.runtime} does not run locally yet; Node.js does.`,
    };
  }
  const client = Number(version) >= 24 ? files.client4 : files.client3;
  return { kind: "run", executable, args: [...heap(fn.memorySizeMb), files.start, client] };
}

/** As Lambda's own start script does: nine tenths of the memory for the old generation, a twentieth for each half of the young. */
function heap(memorySizeMb: number): string[] {
  const share = (part: number) => Math.max(1, Math.floor(memorySizeMb * part));
  return [`--max-old-space-size=${share(0.9)}`, `--max-semi-space-size=${share(0.05)}`];
}
