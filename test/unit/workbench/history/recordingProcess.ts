import { request } from "node:http";
import { HistoryWriter } from "../../../../src/workbench/history/files/historyWriter.ts";
import { newWindowName } from "../../../../src/workbench/history/files/historyFolder.ts";
import { WindowMark } from "../../../../src/workbench/history/files/windowMark.ts";
import { HistoryRecorder } from "../../../../src/workbench/history/historyRecorder.ts";
import { machineClock } from "../../../../src/workbench/clock.ts";
import { passesOf } from "../../../../src/core/invocation/guardPass.ts";
import type { Answer, InvokeCall } from "../../../../src/core/invocation/reply.ts";
import { run } from "../../../../src/core/invocation/run.ts";

// A window that invokes again and again, several at the same time, until it's killed or has made as many as it should.

const [folder = "", port = "", name = "", count = ""] = process.argv.slice(2);
const CONNECTION = { kind: "aws", name: "dev" } as const;
const AT_ONCE = 4;

const window = newWindowName(Date.now(), process.pid, name);
const mark = new WindowMark(folder, window);
const writer = new HistoryWriter(folder, window, mark);
const recorder = new HistoryRecorder({
  clock: machineClock,
  mark,
  writer,
  savePayloads: () => true,
  isExcluded: () => Promise.resolve(false),
  onDidWrite: () => {},
  onDidFail: (error) => {
    throw error;
  },
});

let next = 0;
const invokeMany = async (): Promise<void> => {
  while (next < Number(count)) await invoke(JSON.stringify(`${name}-${next++}`));
};
await Promise.all(Array.from({ length: AT_ONCE }, invokeMany));
mark.dispose();
await writer[Symbol.asyncDispose]();

async function invoke(text: string): Promise<void> {
  const fn = { name: "order" };
  const issue = passesOf(() => Promise.resolve(true));
  const pass = await issue({ function: fn, connection: CONNECTION, mode: "RequestResponse", events: 1 });
  if (!pass) throw new Error("No pass was issued.");
  const payload = { text, bytes: Buffer.byteLength(text) };
  const spec = { function: fn, connection: "dev", mode: "RequestResponse", payload } as const;
  const recording = recorder.recording(CONNECTION);
  const signal = new AbortController().signal;
  const connect = recording.before(() => Promise.resolve({ send }));
  const events = run({ pass, spec, logTail: false }, connect, machineClock, signal);
  for await (const event of recording.follow(events)) if (event.type === "ended") return;
}

/** The server says with its status how the invocation ends. */
function send({ body }: InvokeCall): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: Number(port), host: "127.0.0.1", method: "POST" }, (response) => {
      const { "x-amz-function-error": functionError } = response.headers;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          kind: "answer",
          statusCode: 200,
          payload: Buffer.concat(chunks),
          functionError: functionError === undefined ? undefined : String(functionError),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
