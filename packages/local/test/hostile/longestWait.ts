import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach } from "mocha";
import { variation } from "../../../../tools/testing/variation.ts";
import type { TestService } from "../workspace.ts";

/**
 * Shows with `--soak` how long each test of the enclosing `describe` kept everybody else waiting. No test depends on it,
 * because the machine has other work.
 */
export function showLongestWait(service: () => TestService): void {
  if (!variation.soak) return;
  let probe: ChildProcess | undefined;

  beforeEach(async () => {
    probe = fork(join(import.meta.dirname, "waitProbe.ts"));
    const isReady = once(probe, "message");
    probe.send(service().address);
    await isReady;
  });

  afterEach(async () => {
    if (!probe) return;
    const answered = once(probe, "message");
    probe.send("end");
    const [waits] = (await answered) as [number[]];
    const sorted = waits.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    console.log(
      `      others waited ${(sorted.at(-1) ?? 0).toFixed(1)} ms at most, ${median.toFixed(1)} as a rule`,
    );
  });
}
