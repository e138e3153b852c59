import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { describe, it } from "mocha";
import { problemMessage } from "../../src/contract/state.ts";
import { refusal, start, template } from "../workspace.ts";

/** A custom runtime, which does what the libraries for Go, Rust and Swift do. */
const bootstrap = `#!${process.execPath}
const api = \`http://\${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime\`;
for (;;) {
  const next = await fetch(\`\${api}/invocation/next\`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const event = await next.json();
  console.log("serving %s", id);
  const fails = event.fail !== undefined;
  const answer = fails
    ? { errorType: "Custom", errorMessage: event.fail }
    : { event, handler: process.env._HANDLER, deadline: Number(next.headers.get("lambda-runtime-deadline-ms")) - Date.now() };
  await fetch(\`\${api}/invocation/\${id}/\${fails ? "error" : "response"}\`, { method: "POST", body: JSON.stringify(answer) });
  if (event.exit !== undefined) process.exit(event.exit);
}
`;
const files = {
  "template.yaml": template({ own: { runtime: "provided.al2023", handler: "orders", timeout: 7 } }),
  // The package file makes the bootstrap, which has no extension, an ES module.
  "own/package.json": '{ "type": "module" }',
};

// On Windows a bootstrap is an .exe file; the code that starts it is the same.
const onPosix = process.platform === "win32" ? () => {} : describe;

onPosix("local: functions with their own runtime", () => {
  it("run their bootstrap, which uses the Runtime API", async () => {
    await using local = await start({ ...files, "own/bootstrap": bootstrap });
    await chmod(join(local.folder, "own", "bootstrap"), 0o755);
    const { payload, log, requestId } = await local.invoke("own", { n: 1 });
    const { event, handler, deadline } = payload as { event: unknown; handler: string; deadline: number };
    assert.deepEqual([event, handler, deadline > 6000 && deadline <= 7000], [{ n: 1 }, "orders", true]);
    assert.match(log, new RegExp(`INIT_START Runtime Version: bootstrap for provided.al2023\\n`));
    assert.match(log, new RegExp(`\\nserving ${requestId}\\nEND `));
  });

  it("fail with the runtime's own error, or by exiting", async () => {
    await using local = await start({ ...files, "own/bootstrap": bootstrap });
    await chmod(join(local.folder, "own", "bootstrap"), 0o755);
    const failed = await local.invoke("own", { fail: "no stock" });
    assert.deepEqual(failed.payload, { errorType: "Custom", errorMessage: "no stock" });
    assert.equal(failed.error, "Unhandled");
    const pending = await local.invoke("own", { exit: 3 });
    assert.equal(pending.error, undefined);
    assert.equal((await local.invoke("own", { n: 2 })).error, undefined);
  });

  it("fail during initialization with any error, and start again", async () => {
    const broken = `#!${process.execPath}
const api = \`http://\${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime\`;
await fetch(\`\${api}/init/error\`, { method: "POST", body: process.env.WORDS });
`;
    for (const [words, type] of [
      ["no database", "Runtime\\.Unknown"],
      ["null", "Runtime\\.Unknown"],
      ['{"errorType":"NoDatabase"}', "NoDatabase"],
    ] as const) {
      const more = ["Environment:", "  Variables:", `    WORDS: '${words}'`];
      const own = template({ own: { runtime: "provided.al2023", handler: "orders", more } });
      await using local = await start({ ...files, "template.yaml": own, "own/bootstrap": broken });
      await chmod(join(local.folder, "own", "bootstrap"), 0o755);
      for (let turn = 0; turn < 2; turn++) {
        const answer = await local.lambda.send(new InvokeCommand({ FunctionName: "own", LogType: "Tail" }));
        assert.equal(answer.FunctionError, "Unhandled");
        assert.equal(Buffer.from(answer.Payload ?? []).toString(), words);
        const log = Buffer.from(answer.LogResult ?? "", "base64").toString();
        assert.match(log, new RegExp(`Status: error\\tError Type: ${type}\\t\\n$`));
      }
    }
  });

  it("report what is missing before anyone invokes them", async () => {
    await using local = await start(files);
    const missing = `own: There's no executable bootstrap in ${join(local.folder, "own")}. Build it there for this machine, or set CodeUri to the folder that has it.`;
    const { problems } = await local.state((state) => state.problems.length > 0);
    assert.deepEqual(problems.map(problemMessage), [missing]);
    assert.equal((await refusal(local.invoke("own"))).message, missing);
    await local.write({ "own/bootstrap": bootstrap });
    assert.match(
      (await refusal(local.invoke("own"))).message,
      /own\/bootstrap isn't executable\. Run: chmod \+x /,
    );
  });
});
