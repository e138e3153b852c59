import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WAIT_MS } from "./limits.ts";
import { describeProcess, killAll, processesWith } from "./processes.ts";
import type { Failure } from "./results.ts";

/** What VS Code and its debugger leave when they end, which is not ours to change. */
const ofVsCode = /^(?:vscode|node-debug-callback)-/;
/** So many files are named of what tests left; the first ones say enough. */
const MAX_NAMED = 20;

/** A temporary folder for a process of tests. */
export interface Scratch {
  folder: string;
  /** What the process needs in its environment so that it and whatever it starts use the folder. */
  env: Record<string, string>;
}

/**
 * The temporary folders of a run, in one folder that nothing else uses: whatever has its name in its environment, its
 * arguments or its working folder was started by the run's tests. A port that is still open belongs to such a process.
 */
export class ScratchFolders {
  readonly #root = mkdtempSync(join(realpathSync(tmpdir()), "test-"));

  /** Makes a folder; the name is a short one, since the paths of sockets in it may have about a hundred characters. */
  make(name: string): Scratch {
    const folder = join(this.#root, name, "t");
    mkdirSync(folder, { recursive: true });
    // VS Code puts sockets where XDG_RUNTIME_DIR says, before it looks for a temporary folder.
    const names = ["TMPDIR", "TMP", "TEMP", "XDG_RUNTIME_DIR", "TEST_TEMP"];
    return { folder, env: Object.fromEntries(names.map((name) => [name, folder])) };
  }

  /** Waits for what the tests started to end, names what they left, and removes it. */
  async clear({ folder }: Scratch, tests: string): Promise<Failure[]> {
    const processes = await leftProcesses(folder);
    const left = processes.map(describeProcess);
    killAll(processes);
    const files = readdirSync(folder, { recursive: true })
      .filter((file) => !ofVsCode.test(String(file)))
      .slice(0, MAX_NAMED);
    remove(folder);
    left.push(...files.map((file) => `in the temporary folder: ${String(file)}`));
    return left.length === 0 ? [] : [{ name: `${tests} leaves nothing behind`, reason: left.join("\n") }];
  }

  /** Ends and removes everything at once; for the end of a run, also of one that was interrupted. */
  removeAll(): void {
    killAll(processesWith(this.#root));
    remove(this.#root);
  }
}

/** Nothing tells the end of a process that is not one's own child, so it is asked for. */
async function leftProcesses(folder: string): Promise<ReturnType<typeof processesWith>> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const left = processesWith(folder);
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(50);
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
