import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { environmentLines } from "../../src/contract/environmentLines.ts";
import { functions, start, type TestService } from "../workspace.ts";

const run = promisify(execFile);

const sources = {
  echo: "export const handler = async (event) => { console.log('got', event.name); return event; };",
  fails: "export const handler = async () => { throw new RangeError('too far'); };",
  ...Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`many-${n}`, "export const handler = async () => {};"]),
  ),
};

const version = await run("aws", ["--version"]).then(
  ({ stdout, stderr }) => /aws-cli\/(\d+)\.(\d+)/.exec(stdout + stderr),
  () => undefined,
);
if (!version) console.log("The AWS CLI isn't installed, so it isn't tested with Local.");
else
  describe(`local: the AWS CLI, version ${version[1]}`, () => suite(Number(version[1]), Number(version[2])));

function suite(major: number, minor: number): void {
  /** Earlier versions don't read `AWS_ENDPOINT_URL_LAMBDA` and need the endpoint as an option. */
  const readsEndpoint = minor >= (major === 1 ? 29 : 13);
  let local: TestService;
  before(async () => {
    local = await start(functions(sources));
    await local.state(({ places }) => "fails" in places);
  });
  after(() => local[Symbol.asyncDispose]());

  /** Runs the CLI with the variables of *Copy Local Endpoint*. */
  async function aws(...args: string[]): Promise<string> {
    const pasted = environmentLines(local.address, "posix").matchAll(/^export (\w+)='(.*)'$/gm);
    const ours = Object.fromEntries(Array.from(pasted, ([, name = "", value = ""]) => [name, value]));
    const none = join(local.folder, "none");
    const env = { ...process.env, ...ours, AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none };
    const endpoint = readsEndpoint ? [] : ["--endpoint-url", local.address.endpoint];
    const { stdout } = await run("aws", [...args, ...endpoint], { env });
    return stdout;
  }

  async function invoke(name: string, ...more: string[]): Promise<{ answer: Answer; response: string }> {
    const out = join(local.folder, "response.json");
    await local.write({ "event.json": '{"name":"Ada ünï 🚀"}', "response.json": "" });
    const payload = ["--payload", `fileb://${join(local.folder, "event.json")}`];
    const answer = await aws("lambda", "invoke", "--function-name", name, ...payload, ...more, out);
    return { answer: JSON.parse(answer) as Answer, response: await readFile(out, "utf8") };
  }

  it("lists functions in pages, and describes one", async () => {
    const { Functions } = JSON.parse(await aws("lambda", "list-functions")) as { Functions: unknown[] };
    assert.equal(Functions.length, 62);
    const name = ["--function-name", "echo"];
    const query = ["--output", "text", "--query"];
    assert.match(await aws("lambda", "get-function", ...name, ...query, "Configuration.State"), /^Active/);
    const configured = await aws("lambda", "get-function-configuration", ...name, ...query, "Handler");
    assert.equal(configured.trim(), "index.handler");
    const versions = await aws(
      "lambda",
      "list-versions-by-function",
      ...name,
      ...query,
      "Versions[].Version",
    );
    assert.equal(versions.trim(), "$LATEST");
    assert.equal((await aws("lambda", "list-aliases", ...name, ...query, "length(Aliases)")).trim(), "0");
    const concurrency = await aws(
      "lambda",
      "get-account-settings",
      ...query,
      "AccountLimit.ConcurrentExecutions",
    );
    assert.match(concurrency, /^\d+/);
  });

  it("invokes synchronously, with the end of the log", async () => {
    const { answer, response } = await invoke("echo", "--log-type", "Tail");
    assert.equal(answer.StatusCode, 200);
    assert.equal(answer.ExecutedVersion, "$LATEST");
    assert.equal(answer.FunctionError, undefined);
    assert.equal(response, '{"name":"Ada ünï 🚀"}');
    assert.match(Buffer.from(answer.LogResult ?? "", "base64").toString(), /got Ada ünï 🚀\n(?:.*\n)?END /);
    const failed = await invoke("fails");
    assert.equal(failed.answer.FunctionError, "Unhandled");
    assert.match(failed.response, /"errorMessage":"too far"/);
  });

  it("invokes asynchronously and as a dry run, and follows the log", async () => {
    assert.equal((await invoke("echo", "--invocation-type", "DryRun")).answer.StatusCode, 204);
    const group = "/aws/lambda/many-1";
    assert.equal((await invoke("many-1", "--invocation-type", "Event")).answer.StatusCode, 202);
    const filter = ["logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", "REPORT"];
    let found = "";
    while (!found.includes("REPORT RequestId")) found = await aws(...filter);
    const groups = await aws("logs", "describe-log-groups", "--log-group-name-prefix", group);
    assert.match(groups, new RegExp(`"logGroupName": "${group}"`));
    const streams = await aws("logs", "describe-log-streams", "--log-group-name", group, "--output", "text");
    const stream = /\d{4}\/\d\d\/\d\d\/\[\$LATEST\]\w+/.exec(streams)?.[0] ?? "none";
    const named = ["--log-group-name", group, "--log-stream-name", stream];
    assert.match(await aws("logs", "get-log-events", ...named), /START RequestId/);
    if (major >= 2) assert.match(await aws("logs", "tail", group), /REPORT RequestId/);
  });

  it("shows the API's error messages", async () => {
    for (const [args, words] of [
      [["lambda", "get-function", "--function-name", "nobody"], /ResourceNotFoundException/],
      [["lambda", "delete-function", "--function-name", "echo"], /DeleteFunction/],
    ] as const) {
      await assert.rejects(aws(...args), (error: Error & { stderr: string }) => words.test(error.stderr));
    }
  });
}

interface Answer {
  StatusCode: number;
  ExecutedVersion?: string;
  FunctionError?: string;
  LogResult?: string;
}
