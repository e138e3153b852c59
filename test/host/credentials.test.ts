import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { InvocationRecord } from "../../src/core/invocation/record.ts";
import { ownEnvironment, type OwnEnvironment } from "../unit/aws/environment.ts";
import { ourExtension, recordOf, run } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Keys:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: keys
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: code
`;
const code = `export const handler = async () =>
  [process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SESSION_TOKEN, process.env.AWS_REGION].map((value) => value ?? "none");`;

const folder = (): string => join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "keys");
const invokeKeys = (): Promise<InvocationRecord> =>
  recordOf(run("invoke", { function: "keys", connection: "Local", payload: "{}" }));

function keyOf(profile: string, key: string): string[] {
  return [`[${profile}]`, `aws_access_key_id = ${key}`, "aws_secret_access_key = secretOfNobody"];
}

/** What the function sees: the key's id, the session token, and the region. */
async function keys(): Promise<unknown> {
  const { response } = await invokeKeys();
  return response && "text" in response ? JSON.parse(response.text) : response;
}

describe("the credentials of functions of the workspace", () => {
  let own: OwnEnvironment;

  before(async () => {
    await ourExtension().activate();
    own = await ownEnvironment({
      AWS_ACCESS_KEY_ID: "AKIDPERSON",
      AWS_SECRET_ACCESS_KEY: "secretOfThePerson",
    });
    await own.write(
      ".aws/credentials",
      ...keyOf("dev", "AKIDDEV"),
      ...keyOf("other", "AKIDOTHER"),
      "aws_session_token = token",
    );
    await own.write(".aws/config", "[profile dev]", "region = eu-central-1");
    await mkdir(join(folder(), "code"), { recursive: true });
    await writeFile(join(folder(), "code", "index.mjs"), code);
    await writeFile(join(folder(), "template.yaml"), template);
  });
  after(async () => {
    await rm(folder(), { recursive: true });
    await own[Symbol.asyncDispose]();
  });

  it("are absent if no profile is set", async () => {
    assert.deepEqual(await keys(), ["none", "none", "us-east-1"]);
  });

  it("are those of the profile that is set, in its region, and of another as soon as that is set", async () => {
    await using _dev = await withSettings({ "local.profile": "dev" });
    assert.deepEqual(await keys(), ["AKIDDEV", "none", "eu-central-1"]);
    await using _other = await withSettings({ "local.profile": "other" });
    assert.deepEqual(await keys(), ["AKIDOTHER", "token", "us-east-1"]);
  });

  it("are absent again if the setting is removed", async () => {
    assert.deepEqual(await keys(), ["none", "none", "us-east-1"]);
  });

  it("that cannot be had keep a function from running, with a sentence that says what to do", async () => {
    await using _ = await withSettings({ "local.profile": "gone" });
    const { verdict, error } = await invokeKeys();
    assert.equal(verdict, "notRun");
    assert.match(error?.message ?? "", /Profile gone isn't in your AWS config\..*local\.profile/);
  });
});
