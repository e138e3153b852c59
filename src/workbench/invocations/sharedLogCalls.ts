import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/invocation/clock.ts";
import { type LogCallLedger, LogCallTimes } from "../../core/invocation/logCallBudget.ts";

/** A file has the calls of so long, in milliseconds. */
const PERIOD_MS = 60_000;
/** A call that was asked for so much later than now was written before this machine's clock was set back; milliseconds. */
const MAX_AHEAD_MS = 1_000;
/** When a call was asked for, and its id. */
const LINE = /^(\d+) (\S+)$/;

/**
 * The calls of all windows. Whoever wants to make one adds a line to a file, and works out from the lines before it when
 * it may: each window comes to the same times, and none waits for another, which may be gone.
 */
export class SharedLogCalls implements LogCallLedger {
  readonly #folder: string;
  readonly #clock: Pick<Clock, "newId" | "now">;
  #period = -1;

  constructor(folder: string, clock: Pick<Clock, "newId" | "now">) {
    this.#folder = folder;
    this.#clock = clock;
  }

  async reserve(place: string): Promise<number> {
    const [now, id] = [this.#clock.now(), this.#clock.newId()];
    const period = Math.floor(now / PERIOD_MS);
    await this.#begin(period);
    await appendFile(this.#path(place, period), `${now} ${id}\n`, { mode: 0o600 });
    const lines = await Promise.all([this.#read(place, period - 1), this.#read(place, period)]);
    return allowedAt(lines.flat(), id, now) - now;
  }

  /** Makes the folder, and removes what no window counts any more. */
  async #begin(period: number): Promise<void> {
    if (period === this.#period) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder))
      if (Number(name.split(".").at(-1)) < period - 1) await rm(join(this.#folder, name), { force: true });
    this.#period = period;
  }

  /** The name says nothing of who calls. */
  #path(place: string, period: number): string {
    const name = createHash("sha256").update(place).digest("hex").slice(0, 32);
    return join(this.#folder, `${name}.${period}`);
  }

  async #read(place: string, period: number): Promise<readonly string[]> {
    const text = await readFile(this.#path(place, period), "utf8").catch(() => "");
    return text.split("\n").slice(0, -1);
  }
}

/** When the call with this id may be made; throws if it isn't there. */
function allowedAt(lines: readonly string[], id: string, now: number): number {
  const times = new LogCallTimes();
  for (const line of lines) {
    const [, askedAt, each] = LINE.exec(line) ?? [];
    if (!(Number(askedAt) <= now + MAX_AHEAD_MS)) continue;
    const at = times.next(Number(askedAt));
    if (each === id) return at;
  }
  throw new Error("What was reserved has been removed.");
}
