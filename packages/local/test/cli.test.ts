import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { describe, it } from "mocha";
import { isAlive, until } from "./processes.ts";
import { machineWith } from "./runtime/nodejs/machineNodes.ts";
import { functions, invoke, writeFiles } from "./workspace.ts";

const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

function startCli(args: readonly string[]) {
  return spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs the program to its end. */
async function runCli(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = startCli(args);
  const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

async function workspace(): Promise<AsyncDisposable & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "local-cli-"));
  await writeFiles(folder, functions({ echo: "export const handler = async (event) => event;" }));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

describe("lambda-local", () => {
  it("runs a command that reaches the workspace's functions, and exits with its code", async () => {
    await using ws = await workspace();
    const script = `
      const { LambdaClient, ListFunctionsCommand } = await import(${JSON.stringify(import.meta.resolve("@aws-sdk/client-lambda"))});
      const { Functions } = await new LambdaClient({}).send(new ListFunctionsCommand({}));
      console.log(Functions.map(({ FunctionName }) => FunctionName).join());
      process.exitCode = 7;`;
    const { code, out, err } = await runCli(
      "--workspace",
      ws.folder,
      "--",
      process.execPath,
      "--input-type=module",
      "-e",
      script,
      "--",
      "--workspace",
      "elsewhere",
    );
    assert.equal(out.trim(), "echo");
    assert.equal(code, 7);
    assert.match(err, /AWS_ENDPOINT_URL_LAMBDA.*http:\/\/127\.0\.0\.1:\d+/);
  });

  it("runs functions on the Node.js that is given", async function () {
    // The stand-in for another Node.js is a script, which Windows can't start.
    if (process.platform === "win32") return;
    await using ws = await workspace();
    await using machine = await machineWith({ node: { node: "99.1.0" } });
    await writeFiles(
      ws.folder,
      functions({ says: "export const handler = async () => process.versions.node;" }),
    );
    const script = `
      const { InvokeCommand, LambdaClient } = await import(${JSON.stringify(import.meta.resolve("@aws-sdk/client-lambda"))});
      const { Payload } = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: "says" }));
      console.log(Payload.transformToString());`;
    const command = [process.execPath, "--input-type=module", "-e", script];
    const node = relative(process.cwd(), join(machine.folder, "node"));
    const { code, out } = await runCli("--workspace", ws.folder, "--node", node, "--", ...command);
    assert.deepEqual([code, out.trim()], [0, '"99.1.0"']);
  });

  it("prints the environment and runs until it is asked to stop", async () => {
    await using ws = await workspace();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const child = startCli(["--workspace", ws.folder]);
      const values = new Map<string, string>();
      for await (const line of createInterface({ input: child.stdout })) {
        const [, name = "", value = ""] = /^(?:export |\$env:)(\w+) ?= ?'(.*)'$/.exec(line) ?? [];
        values.set(name, value);
        if (name === "AWS_SECRET_ACCESS_KEY") break;
      }
      const lambda = new LambdaClient({
        endpoint: values.get("AWS_ENDPOINT_URL_LAMBDA"),
        region: values.get("AWS_REGION"),
        credentials: {
          accessKeyId: values.get("AWS_ACCESS_KEY_ID") ?? "",
          secretAccessKey: values.get("AWS_SECRET_ACCESS_KEY") ?? "",
        },
      });
      assert.deepEqual((await invoke(lambda, "echo", { a: 1 })).payload, { a: 1 });
      lambda.destroy();
      child.kill(signal);
      const [code] = await once(child, "exit");
      // Windows has no signals that a program could handle.
      if (process.platform !== "win32") assert.equal(code, 0);
    }
  });

  it("passes a signal on to the command, and exits as a shell would", async function () {
    if (process.platform === "win32") return;
    await using ws = await workspace();
    const script = "console.log(process.pid); setInterval(() => {}, 1000);";
    const child = startCli(["--workspace", ws.folder, "--", process.execPath, "-e", script]);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    child.kill("SIGTERM");
    assert.equal((await once(child, "exit"))[0], 128 + 15);
    await until(() => !isAlive(Number(line)));
  });

  it("reports invalid arguments, and starts nothing", async () => {
    await using ws = await workspace();
    const folder = ws.folder;
    const cases: [string[], RegExp][] = [
      [[], /^--workspace is missing\. Name the folder/],
      [["--workspace", ""], /^--workspace is missing/],
      [["--workspace", join(folder, "nowhere")], /nowhere doesn't exist\. Check --workspace\./],
      [["--workspace", join(folder, "template.yaml")], /template\.yaml isn't a folder\. Set --workspace/],
      [["--workspace", folder, "--port", "65536"], /^"65536" isn't a valid port\. Set --port/],
      [["--workspace", folder, "--port", "1.5"], /^"1\.5" isn't a valid port/],
      [["--workspace", folder, "--port", ""], /^"" isn't a valid port/],
      [["--workspace", folder, "--node", "nowhere"], /nowhere isn't a file\. Set --node/],
      [["--workspace", folder, "--node", folder], /isn't a file\. Set --node/],
      [["--workspace", folder, "--prot", "1"], /--prot/],
      [["--workspace", folder, "npm", "test"], /npm/],
      [["--workspace", folder, "--"], /^There's no command after --\./],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await runCli(...args);
      assert.match(err, message);
      assert.match(err, /lambda-local --help/);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
    }
  });

  it("reports a missing command", async () => {
    await using ws = await workspace();
    const { code, err } = await runCli("--workspace", ws.folder, "--", "no-such-command");
    assert.match(err, /^The command no-such-command wasn't found\. Check its name/m);
    assert.equal(code, 127);
  });

  it("reports a port in use", async () => {
    await using ws = await workspace();
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, out, err } = await runCli("--workspace", ws.folder, "--port", String(port));
    other.close();
    assert.match(err, new RegExp(`^The local Lambda service couldn't start: .*${port}`, "m"));
    assert.deepEqual([code, out], [1, ""]);
  });

  it("prints its help, which says that a call trusts the folder", async () => {
    const { code, out } = await runCli("--help");
    assert.match(out, /^Usage: lambda-local --workspace DIR \[--port N\] \[--node FILE\] \[-- command …\]/);
    assert.match(out, /you\s+trust the folder/);
    assert.equal(code, 0);
  });
});
