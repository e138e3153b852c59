import assert from "node:assert/strict";
import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { after, before, describe, it } from "mocha";
import { start, type TestService } from "../../workspace.ts";
import { contract, ownContract, type ContractCase } from "./cases.ts";
import { findPythons, type FoundPython } from "./findPythons.ts";

/** The function whose process most cases share. */
const shared = "shared";
const handlers = fileURLToPath(new URL("handlers", import.meta.url));
const samples = fileURLToPath(new URL("../../../../../samples", import.meta.url));
const pythons = await findPythons();
if (pythons.length === 0)
  console.log("No Python 3.9 or newer is on this machine: no Python functions are run.");
for (const python of pythons) suite(python);

function suite(python: FoundPython): void {
  const runs = (each: ContractCase): boolean => process.platform !== "win32" || each.posix !== true;
  const cases = [...contract, ...(python.hasAwsClient ? [] : ownContract)].filter(runs);
  const client = python.hasAwsClient ? "AWS's runtime client" : "our runtime client";
  describe(`local: Python ${python.version} on ${client} (${python.path})`, function () {
    this.timeout(60_000);
    let local: TestService;
    before(async () => {
      local = await start({});
      await cp(handlers, join(local.folder, "handlers"), { recursive: true });
      await local.write({ "template.yaml": template(cases) });
      await local.state(({ places }) => [shared, ...cases.map(nameOf)].every((name) => name in places));
      local.service.setWorkspace({ folders: [local.folder], trusted: true, pythonPath: python.path });
    });
    after(() => local[Symbol.asyncDispose]());

    for (const each of cases)
      it(`answers as Lambda does: ${titleOf(each)}`, async () => {
        const { text, log } = await invoke(local, nameOf(each), eventOf(each));
        if (each.response !== undefined) assert.equal(text, each.response, log);
        if (each.error !== undefined) checkError(text, each.error);
        if (each.log !== undefined) assert.match(log, each.log);
      });

    it("returns the context of each invocation", async () => {
      for (const title of ["Shop", "Café"]) {
        const context = { custom: { key: "välue" }, env: { a: "b" }, client: { app_title: title } };
        const encoded = Buffer.from(JSON.stringify(context)).toString("base64");
        const { payload, requestId } = await local.invoke("context", {}, { ClientContext: encoded });
        assert.deepEqual(payload, {
          names: ["context", "$LATEST", "128"],
          arn: "arn:aws:lambda:us-east-1:000000000000:function:context",
          group: "/aws/lambda/context",
          stream: true,
          left: true,
          identity: [null, null],
          id: requestId,
          client: [{ key: "välue" }, { a: "b" }, title],
          trace: true,
        });
      }
      assert.equal(((await local.invoke("context", {})).payload as { client: unknown }).client, null);
    });

    it("accepts and returns almost 6 MB", async () => {
      const event = { text: "ü".repeat(2_900_000), list: Array.from({ length: 20_000 }, (_, n) => n) };
      const { text } = await invoke(local, shared, { handler: "values.echo", event });
      assert.deepEqual(JSON.parse(text), event);
    });

    it("keeps a thousand lines in order, and a line of 1 MB complete", async () => {
      await local.invoke("much", { lines: 1000 });
      const lines = await logOf(local, "much");
      const numbers = lines.filter((line) => line.startsWith("line ")).map((line) => Number(line.slice(5)));
      assert.deepEqual(
        numbers,
        Array.from({ length: 1000 }, (_, n) => n),
      );
      await local.invoke("long", { length: 1024 * 1024 - 1 });
      const long = await logOf(local, "long");
      const lengths = long.flatMap((line) => /x+|y+/.exec(line)?.[0].length ?? []);
      assert.deepEqual(
        lengths.filter((length) => length > 1),
        [1024 * 1024 - 1, 1024 * 1024 - 1],
      );
    });

    it("runs the Python sample with an empty home folder and no settings", async () => {
      const home = join(local.folder, "home");
      const env = {
        ...process.env,
        HOME: home,
        USERPROFILE: home,
        PYENV_ROOT: home,
        PATH: dirname(python.path),
      };
      await using other = await start({}, { env, workspace: { folders: [samples], trusted: true } });
      await other.state(({ places }) => "words" in places);
      const event: unknown = JSON.parse(await readFile(join(samples, "events", "words.json"), "utf8"));
      const { payload, log } = await other.invoke("words", event);
      assert.deepEqual(payload, {
        count: 20,
        mostCommon: [
          { word: "wood", count: 3 },
          { word: "a", count: 3 },
        ],
      });
      assert.ok(log.startsWith(`INIT_START Runtime Version: python ${python.version} for python3.13\n`), log);
      assert.match(log, /^\[INFO\]\t.*\t20 words, \d+ ms left\n/m);
    });

    it("keeps records complete that threads log at the same time", async () => {
      await local.invoke("threads", {});
      const lines = (await logOf(local, "threads")).filter((line) => line.startsWith("[WARNING]"));
      for (const name of ["a", "b"]) {
        const own = lines.filter((line) => new RegExp(`\\t${name} \\d+ \\.{3000}\\n$`).test(line));
        assert.equal(own.length, 50);
      }
    });
  });
}

/** Every line that a function has logged. */
async function logOf(local: TestService, name: string): Promise<string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await local.logs.send(
      new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}`, nextToken }),
    );
    lines.push(...(page.events ?? []).map(({ message = "" }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

async function invoke(
  local: TestService,
  name: string,
  event: unknown,
): Promise<{ text: string; log: string }> {
  const Payload = JSON.stringify(event);
  const answer = await local.lambda.send(new InvokeCommand({ FunctionName: name, Payload, LogType: "Tail" }));
  return {
    text: Buffer.from(answer.Payload ?? []).toString(),
    log: Buffer.from(answer.LogResult ?? "", "base64").toString(),
  };
}

function checkError(text: string, expected: NonNullable<ContractCase["error"]>): void {
  const {
    errorType,
    errorMessage,
    stackTrace = [],
  } = JSON.parse(text) as {
    errorType: string;
    errorMessage: string;
    stackTrace?: string[];
  };
  assert.equal(errorType, expected.errorType, text);
  if (typeof expected.errorMessage === "string") assert.equal(errorMessage, expected.errorMessage);
  else assert.match(errorMessage, expected.errorMessage);
  const functions = stackTrace
    .filter((frame) => frame.includes("handlers") && !frame.includes("dispatch.py"))
    .map((frame) => /, in (\S+)\n/.exec(frame)?.[1] ?? "?");
  if (expected.stack !== undefined) assert.deepEqual(functions.slice(0, 3), expected.stack);
}

function titleOf({ handler, event, loggingConfig = [] }: ContractCase): string {
  return [handler, event === undefined ? "" : JSON.stringify(event), ...loggingConfig].join(" ").trim();
}

function eventOf({ alone, handler, event }: ContractCase): unknown {
  const sent = event === undefined ? {} : event;
  return alone === true ? sent : { handler, event: sent };
}

function nameOf({ alone, handler, loggingConfig = [] }: ContractCase): string {
  if (alone !== true) return shared;
  return [handler, ...loggingConfig]
    .join("-")
    .replaceAll(/[^\w-]+/g, "-")
    .slice(0, 64);
}

function template(cases: readonly ContractCase[]): string {
  const named = new Map<string, ContractCase>(cases.map((each) => [nameOf(each), each]));
  named.set(shared, { handler: "dispatch.run" });
  named.set("context", { handler: "surroundings.context_fields" });
  named.set("much", { handler: "surroundings.prints_much" });
  named.set("long", { handler: "surroundings.prints_long" });
  named.set("threads", { handler: "surroundings.threads_print" });
  const resources = [...named].flatMap(([name, each], index) => [
    `  F${index}:`,
    "    Type: AWS::Serverless::Function",
    "    Properties:",
    `      FunctionName: ${name}`,
    "      CodeUri: handlers",
    "      Runtime: python3.13",
    `      Handler: ${each.handler}`,
    `      Timeout: ${each.timeout ?? 30}`,
    ...(each.loggingConfig
      ? ["      LoggingConfig:", ...each.loggingConfig.map((line) => `        ${line}`)]
      : []),
    ...(each.environment ? [`      Environment: { Variables: ${JSON.stringify(each.environment)} }`] : []),
  ]);
  return ["Transform: AWS::Serverless-2016-10-31", "Resources:", ...resources, ""].join("\n");
}
