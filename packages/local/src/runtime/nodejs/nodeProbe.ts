import { dirname } from "node:path";
import { statOf } from "../../model/statOf.ts";
import { realPath } from "../../discovery/code/boundary.ts";
import { runProgram } from "../shared/runProgram.ts";
import type { RuntimeHost } from "../shared/runtime.ts";

/** A Node.js that runs. */
export interface NodeInstallation {
  path: string;
  /** Such as `24.1.0`. */
  version: string;
  /** The version of the Electron that it's part of. */
  electron?: string;
}

/** A shim on a busy machine may need seconds; one that hangs must not hold up functions for long. */
const TIMEOUT_MS = 20_000;

/** One that didn't run isn't started again before this time, in ms. */
const RETRY_AFTER_MS = 30_000;

/** Prints what a Node.js is; nothing in programs that only behave like one. */
const probeScript = `
const { node: version, electron, bun, deno } = process.versions;
if (!bun && !deno) console.log(JSON.stringify({ path: process.execPath, version, electron }));
`;

type Host = Pick<RuntimeHost, "executable" | "env" | "reaper">;

interface Known {
  stamp: string;
  node: NodeInstallation | undefined;
  askedAt: number;
}

/** The Node.js, or the Electron, that runs the service. */
export function ownNode({ executable }: Pick<Host, "executable">): NodeInstallation {
  return { path: executable, version: process.versions.node, electron: process.versions["electron"] };
}

/** Finds out the versions of Node.js, once for each file and again when it changes. */
export class NodeProbe {
  readonly #host: Host;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, Promise<NodeInstallation | undefined>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Undefined where the file isn't a Node.js that runs. Ends by itself, because several functions may wait for it. */
  async ask(path: string): Promise<NodeInstallation | undefined> {
    const known = this.#known.get(path);
    if (known === undefined || known.stamp !== stampOf(path) + stampOf(known.node?.path))
      return this.#start(path);
    const isRetried = known.node === undefined && performance.now() - known.askedAt > RETRY_AFTER_MS;
    // In the background, because it may hang again.
    if (isRetried) void this.#start(path);
    return known.node;
  }

  #start(path: string): Promise<NodeInstallation | undefined> {
    const running = this.#running.get(path) ?? this.#note(path);
    this.#running.set(path, running);
    return running;
  }

  async #note(path: string): Promise<NodeInstallation | undefined> {
    // Before the probe, so that a file that's replaced meanwhile is asked again.
    const stamp = stampOf(path);
    const node = await this.#probe(path);
    this.#known.set(path, { stamp: stamp + stampOf(node?.path), node, askedAt: performance.now() });
    this.#running.delete(path);
    return node;
  }

  async #probe(path: string): Promise<NodeInstallation | undefined> {
    const { env, executable, reaper } = this.#host;
    if (realPath(path) === realPath(executable)) return ownNode({ executable });
    // Not in the workspace, where a shim would choose the version of a project.
    const program = { executable: path, args: ["-e", probeScript], cwd: dirname(path), env };
    try {
      const { code, stdout } = await runProgram(program, reaper, AbortSignal.timeout(TIMEOUT_MS));
      return code === 0 ? parse(stdout) : undefined;
    } catch {
      // It can't be started, or what it printed isn't JSON.
      return undefined;
    }
  }
}

/** The path is that of the Node.js itself, not of a shim, which needs the user's HOME. */
function parse(stdout: string): NodeInstallation | undefined {
  const answer = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Partial<NodeInstallation> | null;
  const { path, version = "", electron } = answer ?? {};
  return path !== undefined && /^\d+\.\d+/.test(version) ? { path, version, electron } : undefined;
}

/** Changes when the file or its permissions do. */
function stampOf(path: string | undefined): string {
  const stats = path === undefined ? undefined : statOf(path);
  return ` ${stats?.mtimeMs}:${stats?.ctimeMs}:${stats?.size}`;
}
