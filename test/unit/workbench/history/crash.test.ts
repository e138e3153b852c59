import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../../../tools/testing/random.ts";
import { times, variation } from "../../../../tools/testing/variation.ts";
import { toHistoryRecord } from "../../../../src/core/history/toHistoryRecord.ts";
import type { InvocationRecord } from "../../../../src/core/invocation/record.ts";
import { HistoryReader } from "../../../../src/workbench/history/files/historyReader.ts";

const script = fileURLToPath(new URL("recordingProcess.ts", import.meta.url));

describe("the history of a window that is killed", () => {
  let folder: string;
  let server: Server;
  /** The payloads that arrived, in order. */
  let arrived: string[];
  let onArrival: (count: number) => void;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "history-"));
    arrived = [];
    onArrival = () => {};
    server = createServer((request, response) => {
      receive(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = await text(request);
    arrived.push(payload);
    onArrival(arrived.length);
    if (fails(payload)) response.setHeader("x-amz-function-error", "Unhandled");
    response.end(payload);
  }

  /** The server decides by the payload how an invocation ends. */
  const fails = (payload: string): boolean => /[13579]"$/.test(payload);

  function start(name: string, count: number): ChildProcess {
    const { port } = server.address() as AddressInfo;
    const given = [folder, `${port}`, name, `${count}`];
    const child = spawn(process.execPath, [script, ...given], { stdio: ["ignore", "ignore", "inherit"] });
    children.push(child);
    return child;
  }

  async function readAll(): Promise<InvocationRecord[]> {
    const reader = new HistoryReader(folder);
    await reader.refresh();
    assert.equal(reader.damaged, 0);
    const found: InvocationRecord[] = [];
    for (const [id, { item }] of reader.items) found.push(toHistoryRecord(item, await reader.details(id)));
    return found;
  }

  it("has every invocation that the server saw, once, with its payload and no other verdict than it had", async () => {
    const random = seededRandom(variation.seed);
    for (let round = 0; round < times(10, 100); round++) {
      const killAt = arrived.length + 1 + random(60);
      const child = start(`w${round}`, 1_000_000);
      const isTime = new Promise<void>((resolve) => {
        onArrival = (count) => count >= killAt && resolve();
      });
      await isTime;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const records = await readAll();
    const payloads = records.map(({ payload }) => payload.text);
    assert.equal(new Set(payloads).size, payloads.length, "an invocation is there twice");
    assert.equal(new Set(arrived).size, arrived.length, "an event was sent twice");
    assert.deepEqual(
      arrived.filter((payload) => !payloads.includes(payload)),
      [],
    );
    const verdicts = new Set(records.map(({ verdict }) => verdict));
    assert.ok(
      verdicts.has("unknown") && verdicts.has("returned") && verdicts.has("failed"),
      [...verdicts].join(),
    );
    for (const { verdict, payload, response } of records) {
      if (verdict === "unknown") continue;
      assert.equal(verdict, fails(payload.text) ? "failed" : "returned");
      assert.deepEqual(response, { text: payload.text });
    }
  });

  it("has all of two windows that write at the same time", async () => {
    const exits = [start("one", 500), start("two", 500)].map((window) => once(window, "exit"));
    assert.deepEqual(await Promise.all(exits), [
      [0, null],
      [0, null],
    ]);
    const records = await readAll();
    assert.equal(records.length, 1000);
    assert.deepEqual(records.map(({ payload }) => payload.text).toSorted(), arrived.toSorted());
    assert.ok(
      records.every(({ verdict, payload }) => verdict === (fails(payload.text) ? "failed" : "returned")),
    );
  });
});
