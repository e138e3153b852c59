import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { refusal, start, template } from "./workspace.ts";

function many(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `fn${String(index).padStart(3, "0")}`);
  return template(Object.fromEntries(names.map((name) => [name, {}])));
}

describe("local: ListFunctions", () => {
  it("returns at most 50 functions a page, in consecutive pages", async () => {
    await using local = await start({ "template.yaml": many(120) });
    const pages: number[] = [];
    const names: (string | undefined)[] = [];
    for await (const page of paginateListFunctions({ client: local.lambda, pageSize: 1000 }, {})) {
      pages.push(page.Functions?.length ?? 0);
      names.push(...(page.Functions ?? []).map((fn) => fn.FunctionName));
    }
    assert.deepEqual(pages, [50, 50, 20]);
    assert.equal(new Set(names).size, 120);
    const { Functions, NextMarker } = await local.lambda.send(new ListFunctionsCommand({ MaxItems: 3 }));
    assert.equal(Functions?.length, 3);
    assert.ok(NextMarker);
  });

  it("returns no marker with a full last page", async () => {
    await using local = await start({ "template.yaml": many(50) });
    const { Functions, NextMarker } = await local.lambda.send(new ListFunctionsCommand({}));
    assert.deepEqual([Functions?.length, NextMarker], [50, undefined]);
  });

  it("refuses an empty page", async () => {
    await using local = await start({ "template.yaml": many(1) });
    const { name } = await refusal(local.lambda.send(new ListFunctionsCommand({ MaxItems: 0 })));
    assert.equal(name, "InvalidParameterValueException");
  });

  for (const Marker of ["!!garbage", "garbage", "aaaa", "Zm4wMDA=="]) {
    it(`refuses the unknown marker ${Marker}`, async () => {
      await using local = await start({ "template.yaml": many(1) });
      const { name, status } = await refusal(local.lambda.send(new ListFunctionsCommand({ Marker })));
      assert.deepEqual([name, status], ["InvalidParameterValueException", 400]);
    });
  }

  it("returns an empty list for a workspace without functions", async () => {
    await using local = await start({ "readme.md": "nothing here" });
    assert.deepEqual((await local.lambda.send(new ListFunctionsCommand({}))).Functions, []);
  });

  it("lists no functions before the workspace is trusted", async () => {
    await using local = await start({ "template.yaml": many(2) });
    const count = async () => (await local.lambda.send(new ListFunctionsCommand({}))).Functions?.length;
    local.service.setWorkspace({ folders: [local.folder], trusted: false });
    await local.state((state) => Object.keys(state.places).length === 0);
    assert.equal(await count(), 0);
    assert.equal((await refusal(local.invoke("fn000"))).name, "ResourceNotFoundException");
    local.service.setWorkspace({ folders: [local.folder], trusted: true });
    await local.state((state) => Object.keys(state.places).length === 2);
    assert.equal(await count(), 2);
  });
});

describe("local: GetFunction", () => {
  const files = {
    "template.yaml": [
      "Globals:",
      "  Function:",
      "    Runtime: nodejs22.x",
      "    Timeout: 7",
      "    Environment: { Variables: { SHARED: yes please, BOTH: global } }",
      "Resources:",
      "  Full:",
      "    Type: AWS::Serverless::Function",
      "    Properties:",
      "      FunctionName: full-name",
      "      Description: What it does",
      "      CodeUri: code/",
      "      Handler: app.handler",
      "      MemorySize: 512",
      "      Architectures: [arm64]",
      "      Environment: { Variables: { BOTH: own } }",
      "      Tags: { team: orders }",
    ].join("\n"),
    "code/app.mjs": "export const handler = async () => 1;",
  };

  it("describes the function in the API's format", async () => {
    await using local = await start(files);
    const { Configuration, Code, Tags } = await local.lambda.send(
      new GetFunctionCommand({ FunctionName: "full-name" }),
    );
    const { LastModified, RevisionId, ...rest } = Configuration ?? {};
    assert.match(LastModified ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
    assert.match(RevisionId ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(rest, {
      FunctionName: "full-name",
      FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:full-name",
      Runtime: "nodejs22.x",
      Role: "arn:aws:iam::000000000000:role/local",
      Handler: "app.handler",
      CodeSize: files["code/app.mjs"].length,
      Description: "What it does",
      Timeout: 7,
      MemorySize: 512,
      Version: "$LATEST",
      Environment: { Variables: { SHARED: "yes please", BOTH: "own" } },
      TracingConfig: { Mode: "PassThrough" },
      PackageType: "Zip",
      Architectures: ["arm64"],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
      LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/full-name" },
      State: "Active",
      LastUpdateStatus: "Successful",
    });
    assert.deepEqual(Tags, { team: "orders" });
    assert.match(Code?.Location ?? "", /^file:.*\/code\/?$/);
  });

  it("returns the same configuration alone, by name and by ARN", async () => {
    await using local = await start(files);
    const whole = await local.lambda.send(new GetFunctionCommand({ FunctionName: "full-name" }));
    for (const FunctionName of ["full-name", whole.Configuration?.FunctionArn]) {
      const { $metadata: _metadata, ...alone } = await local.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      assert.deepEqual(alone, whole.Configuration);
    }
  });

  it("doesn't find unknown functions", async () => {
    await using local = await start(files);
    for (const command of [
      new GetFunctionCommand({ FunctionName: "Full" }),
      new GetFunctionCommand({ FunctionName: "full-name", Qualifier: "1" }),
    ]) {
      assert.equal((await refusal(local.lambda.send(command))).name, "ResourceNotFoundException");
    }
    const command = new GetFunctionConfigurationCommand({ FunctionName: "Full" });
    assert.equal((await refusal(local.lambda.send(command))).status, 404);
  });
});

describe("local: the functions of a workspace", () => {
  const one = (name: string) => template({ [name]: {} });
  const names = (state: { places: object }) => Object.keys(state.places).sort();

  it("are found in every folder with sources", async () => {
    const skipped = ["node_modules/x", ".aws-sam/build", ".git", "cdk.out", "a/node_modules"];
    const kept = {
      "template.yaml": one("a"),
      "services/b/template.yml": one("b"),
      "c/sam.yaml": one("c"),
      "d/orders.template.json":
        '{"Resources":{"d":{"Type":"AWS::Serverless::Function","Properties":{"Handler":"i.h","Runtime":"nodejs24.x"}}}}',
    };
    await using local = await start({
      ...kept,
      ...Object.fromEntries(skipped.map((folder) => [`${folder}/template.yaml`, one("hidden")])),
    });
    assert.deepEqual(names(await local.state((state) => names(state).length > 0)), ["a", "b", "c", "d"]);
  });

  it("have the place of their declaration", async () => {
    await using local = await start({ "stack/template.yaml": one("a") });
    const { places } = await local.state((state) => names(state).length > 0);
    assert.deepEqual(places, { a: { file: join(local.folder, "stack/template.yaml"), line: 2, column: 2 } });
  });

  it("change when templates are added, changed and deleted", async () => {
    await using local = await start({ "template.yaml": one("a") });
    await local.state((state) => names(state).join() === "a");
    await local.write({ "new/deep/template.yaml": one("b") });
    await local.state((state) => names(state).join() === "a,b");
    await local.write({ "new/deep/template.yaml": one("c") });
    await local.state((state) => names(state).join() === "a,c");
    const { rm } = await import("node:fs/promises");
    await rm(join(local.folder, "new"), { recursive: true });
    await local.state((state) => names(state).join() === "a");
  });

  it("follow the workspace's folders", async () => {
    await using local = await start({ "one/template.yaml": one("a"), "two/template.yaml": one("b") });
    local.service.setWorkspace({ folders: [join(local.folder, "two")], trusted: true });
    await local.state((state) => names(state).join() === "b");
  });

  it("don't change while their template is broken, which is reported with its place", async () => {
    await using local = await start({
      "template.yaml": one("a"),
      "a/index.mjs": "export const handler = async () => 1;",
    });
    await local.state((state) => names(state).length > 0);
    await local.write({ "template.yaml": `${one("a")}  b: [1,\n` });
    const broken = await local.state((state) => state.problems.some(({ text }) => !text.includes("empty")));
    assert.deepEqual(names(broken), ["a"]);
    const place = broken.problems[0]?.place;
    assert.equal(place?.file, join(local.folder, "template.yaml"));
    assert.ok((place?.line ?? 0) >= 9, `line ${place?.line}`);
    assert.equal((await local.invoke("a")).payload, 1);
    await local.write({ "template.yaml": one("a") });
    await local.state((state) => state.problems.length === 0);
  });

  it("that are declared in two templates can both be invoked, under names with their stacks", async () => {
    await using local = await start({
      "a/template.yaml": one("same"),
      "b/template.yaml": one("same"),
      "a/same/index.mjs":
        "export const handler = async () => `a as ${process.env.AWS_LAMBDA_FUNCTION_NAME}`;",
      "b/same/index.mjs":
        "export const handler = async () => `b as ${process.env.AWS_LAMBDA_FUNCTION_NAME}`;",
    });
    const { places, problems } = await local.state((state) => names(state).length > 0);
    assert.equal(places["b-same"]?.file, join(local.folder, "b/template.yaml"));
    assert.deepEqual(problems, []);
    assert.equal((await local.invoke("a-same")).payload, "a as a-same");
    assert.equal((await local.invoke("b-same")).payload, "b as b-same");
    // With one of them left, that has its own name again.
    await rm(join(local.folder, "a/template.yaml"));
    await local.state((state) => names(state).join() === "same");
    assert.equal((await local.invoke("same")).payload, "b as same");
  });

  it("whose code is missing are listed with a problem", async () => {
    await using local = await start({ "template.yaml": one("a") });
    const { places, problems } = await local.state((state) => state.problems.length > 0);
    assert.deepEqual(Object.keys(places), ["a"]);
    assert.match(
      problems[0]?.text ?? "",
      /^There's no file for the handler index\.handler in .*Check Handler and CodeUri/,
    );
    await local.write({ "a/index.mjs": "export const handler = async () => 1;" });
    await local.state((state) => state.problems.length === 0);
  });
});
