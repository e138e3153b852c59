import assert from "node:assert/strict";
import { once } from "node:events";
import { createHash, type Hash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { COMMANDS } from "../../src/contributions.ts";
import { chunkFrame, completeFrame, EVENT_STREAM_HEADERS } from "../support/eventStream.ts";
import { type Answer, LambdaServer } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { closeEditors } from "./harness/editors.ts";
import { ourExtension, outputText, recordOf, run, until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const MB = 1024 * 1024;

describe("a streamed response in the window", () => {
  let server: LambdaServer;
  let settings: AsyncDisposable;
  const argument = { function: "story", connection: "streams", payload: "{}" };

  before(async () => {
    await ourExtension().activate();
    server = await LambdaServer.start();
    settings = await withSettings({ connections: [server.connection("streams")] });
  });
  after(async () => {
    await settings[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await closeEditors();
  });

  it("is in the panel part by part, each with its time, before it has ended", async () => {
    const goOn = Promise.withResolvers<void>();
    server.answer = (response) => {
      response.writeHead(200, EVENT_STREAM_HEADERS);
      response.write(chunkFrame("Once upon"));
      void goOn.promise.then(() => {
        response.write(chunkFrame("a time"));
        response.end(completeFrame());
      });
    };
    const invocation = run("invokeStreaming", argument);
    await until("the first part", () =>
      /━━━ Streaming Response: story on streams ━━━\n\n +[\d.]+ m?s {2}Once upon\n/.test(outputText()),
    );
    assert.doesNotMatch(outputText(), /a time/);
    goOn.resolve();
    const record = await recordOf(invocation);
    assert.equal(record.verdict, "returned");
    await until("the end", () => /first byte after [\d.]+ m?s · chunks 2/.test(outputText()));
    assert.match(outputText(), / +[\d.]+ m?s {2}a time\n/);
  });

  it("is sent once, and not at all where the guard says no", async () => {
    server.answer = streamOf("all");
    server.invocations.length = 0;
    await using _ = await withSettings({ protected: ["streams"] });
    {
      using dialogs = answerDialogs();
      assert.equal(await run("invokeStreaming", argument), undefined);
      assert.match(dialogs.shown.join(), /Invoke story on streams with a streaming response\?/);
    }
    assert.equal(server.invocations.length, 0);
    using _yes = answerDialogs("Invoke");
    await recordOf(run("invokeStreaming", argument));
    assert.deepEqual(
      server.invocations.map(({ isStreaming }) => isStreaming),
      [true],
    );
  });

  it("of 200 MB takes little memory, is shown in part, and is saved whole", async () => {
    const sent = createHash("sha256");
    server.answer = (response) => void sendMuch(response, sent);
    const before = process.memoryUsage.rss();
    let highest = before;
    const timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);
    const record = await recordOf(run("invokeStreaming", argument));
    clearInterval(timer);
    const grown = (highest - before) / MB;
    console.log(`      200 MB: + ${grown.toFixed(0)} MB at most, with the server that sends them`);
    assert.ok(grown < 200, "the whole response was in memory");
    assert.deepEqual([record.verdict, record.responseBytes], ["returned", SIZE]);
    assert.equal(record.stream?.keptBytes, 6 * MB);
    await until("its block", () => outputText().includes(`record ${record.id.slice(0, 8)})`));
    assert.ok(outputText().length < 2 * MB);

    const target = join(tmpdir(), `saved-${record.id}.txt`);
    const { showSaveDialog } = vscode.window;
    vscode.window.showSaveDialog = () => Promise.resolve(vscode.Uri.file(target));
    try {
      using _save = answerDialogs("Save Response…");
      await vscode.commands.executeCommand(COMMANDS.openResponse, record.id.slice(0, 8));
      await until("the file", () => statSync(target, { throwIfNoEntry: false })?.size === SIZE);
      const saved = createHash("sha256");
      for await (const part of createReadStream(target)) saved.update(part as Buffer);
      assert.equal(saved.digest("hex"), sent.digest("hex"));
    } finally {
      vscode.window.showSaveDialog = showSaveDialog;
      await rm(target, { force: true });
    }
  });
});

const PART = 64 * 1024;
const SIZE = 200 * MB;

/** Sends 200 MB in numbered parts, as fast as they're taken. */
async function sendMuch(response: ServerResponse, sent: Hash): Promise<void> {
  response.writeHead(200, EVENT_STREAM_HEADERS);
  for (let number = 0; number < SIZE / PART; number++) {
    const part = Buffer.alloc(PART, `${number}\n`);
    sent.update(part);
    if (!response.write(chunkFrame(part))) await once(response, "drain");
  }
  response.end(completeFrame());
}

function streamOf(...parts: string[]): Answer {
  return (response) => {
    response.writeHead(200, EVENT_STREAM_HEADERS);
    response.end(Buffer.concat([...parts.map((part) => chunkFrame(part)), completeFrame()]));
  };
}
