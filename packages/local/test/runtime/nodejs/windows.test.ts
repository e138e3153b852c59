import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { patchForWindows } from "../../../src/runtime/nodejs/windows.mjs";
import { serveRuntime } from "../../../src/sandbox/runtimeApi.ts";
import type { RuntimeMessage } from "../../../src/runtime/shared/runtimeMessages.ts";
import { never } from "../../workspace.ts";

const { resolve } = createRequire(import.meta.url);
const startScript = fileURLToPath(new URL("../../../src/runtime/nodejs/start.mjs", import.meta.url));
const hello = fileURLToPath(new URL("../../../../../samples/functions/hello", import.meta.url));

/** Makes Node.js report Windows as its platform, which is all that the start script checks. */
const onWindows = `data:text/javascript,Object.defineProperty(process, "platform", { value: "win32" })`;

/** The response of AWS's runtime client to one event, started as on Windows. */
async function answerOnWindows(client: string): Promise<RuntimeMessage> {
  const answered = Promise.withResolvers<RuntimeMessage>();
  const api = await serveRuntime((message) => message.kind !== "next" && answered.resolve(message), never);
  const env = {
    AWS_LAMBDA_RUNTIME_API: api.address,
    AWS_LAMBDA_FUNCTION_NAME: "hello",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_LOG_GROUP_NAME: "group",
    AWS_LAMBDA_LOG_STREAM_NAME: "stream",
    LAMBDA_TASK_ROOT: hello,
    _HANDLER: "index.handler",
  };
  const child = spawn(process.execPath, ["--import", onWindows, startScript, client], {
    env,
    stdio: "ignore",
  });
  assert.ok(child.pid);
  api.admit(child.pid);
  child.once("exit", (code) => answered.reject(new Error(`It ended with code ${code}.`)));
  const headers = {
    "lambda-runtime-aws-request-id": "1",
    "lambda-runtime-deadline-ms": "9",
    "lambda-runtime-invoked-function-arn": "arn",
  };
  api.deliver({ body: Buffer.from('{"name":"Ada"}'), headers });
  return answered.promise.finally(() => {
    child.kill("SIGKILL");
    api.close();
  });
}

describe("local: AWS's runtime clients on Windows", () => {
  for (const [name, places] of [
    ["aws-lambda-ric-3", 2],
    ["aws-lambda-ric", 1],
  ] as const) {
    it(`are changed only where needed (${name})`, async () => {
      const source = await readFile(resolve(name), "utf8");
      const before = source.split("\n");
      const after = patchForWindows(source).split("\n");
      assert.equal(after.length, before.length);
      assert.equal(after.filter((line, index) => line !== before[index]).length, places);
      assert.ok(after.some((line) => line.includes("pathToFileURL(path")));
    });

    it(`run a function after that (${name})`, async () => {
      const answer = await answerOnWindows(resolve(name));
      assert.equal(answer.kind, "response");
      assert.match(answer.kind === "response" ? String(answer.body) : "", /"greeting":"Hello, Ada!"/);
    });
  }
});
