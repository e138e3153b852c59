import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { start, type Files, type Result } from "../workspace.ts";

const code = `
  const names = ["TABLE", "QUEUE", "SECRET", "KNOWN"];
  exports.handler = async (event) => {
    for (const name of names)
      if (process.env[name] === undefined) console.log(event.quiet ? "nothing" : "There's no " + name);
    if (event.fails) throw new Error("It can't go on without TABLE2 or " + event.fails);
    return "done";
  };`;
const sam = `
Transform: AWS::Serverless-2016-10-31
Resources:
  fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      CodeUri: code
      Timeout: 60
      Environment:
        Variables:
          TABLE: !Ref Table
          QUEUE: !GetAtt Queue.QueueUrl
          SECRET: "{{resolve:secretsmanager:name}}"
          KNOWN: here
  Table: { Type: AWS::DynamoDB::Table }
  Queue: { Type: AWS::SQS::Queue }
`;
const files: Files = { "template.yaml": sam, "code/index.js": code };
const hintsIn = ({ log }: Result): string[] =>
  log.split("\n").filter((line) => line.startsWith("On AWS, the environment variable "));
const hint = (name: string, why: string): string =>
  `On AWS, the environment variable ${name} has a value. Here, it has none: ${why}. A file of environment variables, set in Settings, can give it one.`;

describe("local: an environment variable whose value is known only after deployment", () => {
  it("is named after an error that names it, or a line before that, with the reason", async () => {
    await using local = await start(files);
    const quiet = await local.invoke("fn", { fails: "TABLE", quiet: true });
    assert.deepEqual(hintsIn(quiet), [hint("TABLE", "!Ref Table is known only after deployment")]);
    assert.equal(hintsIn(await local.invoke("fn", { fails: "anything" })).length, 3);
  });

  it("isn't named where another name has it in it, nor after an invocation that has returned", async () => {
    await using local = await start(files);
    assert.deepEqual(hintsIn(await local.invoke("fn", { fails: "TABLES", quiet: true })), []);
    assert.deepEqual(hintsIn(await local.invoke("fn", {})), []);
  });

  it("isn't named once a file of environment variables has it", async () => {
    await using local = await start(files);
    await local.write({ "local.env": "TABLE=orders\n" });
    local.service.setWorkspace({ folders: [local.folder], trusted: true, envFile: "local.env" });
    assert.deepEqual(hintsIn(await local.invoke("fn", { fails: "TABLE", quiet: true })), []);
  });

  it("is named in a service of the Serverless Framework too", async () => {
    const service = `
service: shop
provider: { name: aws, runtime: nodejs22.x }
functions:
  fn: { name: fn, handler: code/index.handler, environment: { TABLE: !Ref Table } }
resources: { Resources: { Table: { Type: AWS::DynamoDB::Table } } }
`;
    await using local = await start({ "serverless.yml": service, "code/index.js": code });
    const [first = ""] = hintsIn(await local.invoke("fn", { fails: "TABLE", quiet: true }));
    assert.match(
      first,
      /^On AWS, the environment variable TABLE has a value\. Here, it has none: !Ref Table /,
    );
  });
});
