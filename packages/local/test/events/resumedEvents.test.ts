import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import type { ResumedEvent } from "../../src/contract/service.ts";
import { createLocalService } from "../../src/launch.ts";
import { functions, never, script, start } from "../workspace.ts";

/** Records the process that runs it, and fails the first time. */
const RETRIED = `
  import { appendFileSync, readFileSync } from "node:fs";
  export const handler = async ({ file }) => {
    appendFileSync(file, process.ppid + "\\n");
    if (readFileSync(file, "utf8").split("\\n").length < 3) throw new Error("The first time.");
  };`;

describe("local: resumed events", () => {
  it("are detected without starting the service, and reported when the next start runs them", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "resume-test-"));
    await using local = await start(
      functions({ retried: RETRIED }, { retried: { more: ["LoggingConfig:", "  LogGroup: /orders"] } }),
      {
        stateDir,
        config: () => ({ asyncRetryDelaysMs: [600_000] }),
      },
    );
    const file = join(stateDir, "runs.txt");
    await writeFile(file, "");
    const runs = async (wanted: number): Promise<string[]> => {
      for (;;) {
        const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
        if (lines.length >= wanted) return lines;
        await sleep(20);
      }
    };
    const { requestId } = await local.invoke("retried", { file }, { InvocationType: "Event" });
    const [service] = await runs(1);
    process.kill(Number(service), "SIGKILL");

    const resumed = Promise.withResolvers<readonly ResumedEvent[]>();
    const next = createLocalService({
      executable: process.execPath,
      env: process.env,
      script,
      stateDir,
      workspace: { folders: [local.folder], trusted: true },
      onState: () => {},
      onResumed: resumed.resolve,
      onLog: () => {},
    });
    assert.equal(await next.hasPendingEvents(never), true);
    assert.equal((await runs(1)).length, 1, "the look has started it");
    await next.address(never);
    await runs(2);
    const [event, ...others] = await resumed.promise;
    assert.deepEqual(
      [event?.requestId, event?.functionName, event?.logGroup, others],
      [requestId, "retried", "/orders", []],
    );
    next.dispose();
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it("are absent without a folder or an accepted event", async () => {
    const options = { executable: process.execPath, env: process.env, script, onState() {}, onLog() {} };
    assert.equal(await createLocalService(options).hasPendingEvents(never), false);
    const stateDir = await mkdtemp(join(tmpdir(), "resume-test-"));
    assert.equal(await createLocalService({ ...options, stateDir }).hasPendingEvents(never), false);
    await rm(stateDir, { recursive: true });
  });
});
