import { rmSync } from "node:fs";
import { stat, utimes, writeFile } from "node:fs/promises";
import { markFile, pathIn, processOf, unlessMissing } from "./historyFolder.ts";
import { isRunning } from "../../isRunning.ts";

/** How often a window with invocations under way renews its mark, in milliseconds. */
const RENEWED_MS = 5_000;
/** An invocation of a window whose mark is older than this isn't under way any more. */
const FRESH_MS = 30_000;

/**
 * The mark of a window that has written to the history: a file that it renews while it waits for answers, and removes when
 * it closes. So other windows know an invocation that's under way from one whose window is gone.
 */
export class WindowMark {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, window: string) {
    this.#path = pathIn(folder, markFile(window));
  }

  /** Makes the mark, or renews it. */
  async renew(): Promise<void> {
    await writeFile(this.#path, "", { mode: 0o600 });
  }

  /** Keeps the mark fresh until it's stopped. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#touch(), RENEWED_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  dispose(): void {
    this.stop();
    rmSync(this.#path, { force: true });
  }

  /** Another window may have cleared the folder. */
  async #touch(): Promise<void> {
    const now = new Date();
    await utimes(this.#path, now, now).catch(() => this.renew().catch(() => {}));
  }
}

/** Whether a window may still write: its mark is there, and so is its process. */
export async function isOpen(folder: string, window: string): Promise<boolean> {
  return (await markedAt(folder, window)) !== undefined && isRunning(processOf(window));
}

/** Whether a window may still be waiting for answers. After a restart of the machine, its process may be another one. */
export async function isWaiting(folder: string, window: string, nowMs: number): Promise<boolean> {
  const markedAtMs = await markedAt(folder, window);
  return markedAtMs !== undefined && nowMs - markedAtMs < FRESH_MS && isRunning(processOf(window));
}

async function markedAt(folder: string, window: string): Promise<number | undefined> {
  const found = await unlessMissing(stat(pathIn(folder, markFile(window))), undefined);
  return found?.mtimeMs;
}
