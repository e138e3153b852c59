import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { times } from "../../../../tools/testing/variation.ts";
import { functions, never, refusal, start, type TestService } from "../workspace.ts";
import { pause } from "../pause.ts";

const sources = {
  /** Records each event in a file. */
  note: `
    import { appendFileSync } from "node:fs";
    export const handler = async ({ file, n }) => appendFileSync(file, n + "\\n");`,
  noted: `
    import { readFileSync } from "node:fs";
    export const handler = async ({ file }) => ({ text: readFileSync(file, "utf8"), service: process.ppid });`,
};

interface Noted {
  text: string;
  service: number;
}

/** A client of the current service, which is restarted if it has ended. */
async function connect(local: TestService): Promise<LambdaClient> {
  return new LambdaClient({ ...(await local.service.address(never)), maxAttempts: 1 });
}

async function noted(client: LambdaClient, file: string): Promise<Noted> {
  const Payload = JSON.stringify({ file });
  const output = await client.send(new InvokeCommand({ FunctionName: "noted", Payload }));
  return JSON.parse(Buffer.from(output.Payload ?? []).toString()) as Noted;
}

async function isOver(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause();
  }
}

describe("local: accepted events", () => {
  it("all run, even if the service is killed again and again", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "events-test-"));
    await using local = await start(functions(sources, { noted: { timeout: 30 }, note: { timeout: 30 } }), {
      stateDir,
    });
    const file = join(local.folder, "noted.txt");
    await writeFile(file, "");
    const accepted: number[] = [];
    const rounds = times(2, 6);
    for (let round = 0; round < rounds; round += 1) {
      const client = await connect(local);
      const { service } = await noted(client, file);
      let taken = 0;
      const numbers = Array.from({ length: 60 }, (_, n) => round * 1000 + n);
      const send = async (n: number) => {
        const input = { FunctionName: "note", InvocationType: "Event" as const };
        await client.send(new InvokeCommand({ ...input, Payload: JSON.stringify({ file, n }) }));
        accepted.push(n);
        taken += 1;
        // At the first answer, the ninth, the seventeenth, …
        if (taken === 1 + 8 * round) process.kill(service, "SIGKILL");
      };
      await Promise.allSettled(numbers.map(send));
      await isOver(service);
      client.destroy();
    }
    // The n-th round takes 8 n + 1 events or more, each before the service is killed.
    assert.ok(accepted.length >= 4 * rounds * (rounds - 1) + rounds, `${accepted.length} were accepted`);
    const client = await connect(local);
    const missing = async () => {
      const seen = new Set((await noted(client, file)).text.split("\n"));
      return accepted.filter((n) => !seen.has(String(n)));
    };
    while ((await missing()).length > 0) assert.ok(!never.aborted);
    client.destroy();
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it("are rejected and don't run if they can't be stored", async () => {
    await using local = await start({ ...functions(sources), "a-file": "" });
    const file = join(local.folder, "noted.txt");
    await writeFile(file, "");
    const stateDir = join(local.folder, "a-file");
    await using other = await start(functions(sources), {
      stateDir,
      workspace: { folders: [local.folder], trusted: true },
    });
    const { name, status } = await refusal(other.invoke("note", { file, n: 1 }, { InvocationType: "Event" }));
    assert.deepEqual([name, status], ["ServiceException", 500]);
    assert.equal(await readFile(file, "utf8"), "");
    assert.equal((await other.invoke("noted", { file })).status, 200);
  });
});
