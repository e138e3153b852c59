import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import { start, type Files } from "../workspace.ts";

const names = ["AWS_REGION", "AWS_DEFAULT_REGION", "DECLARED", "LANG", "TZ", "AWS_XRAY_CONTEXT_MISSING"];
const show = `export const handler = async () => Object.fromEntries(
  ${JSON.stringify(names)}.map((name) => [name, process.env[name]]));`;
const code: Files = { "index.mjs": show };

/** A SAM template whose function has these variables. */
function sam(variables: string): string {
  return `Resources:
  show:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      Environment: { Variables: { ${variables} } }
`;
}

const service = `service: shop
provider: { name: aws, runtime: nodejs24.x, stage: dev, region: "\${opt:region, 'ap-south-1'}" }
functions:
  show: { handler: index.handler, name: show, environment: { DECLARED: "\${aws:region}" } }
`;
const declared = sam("DECLARED: !Ref AWS::Region");
const samconfig = { "samconfig.toml": '[default.deploy.parameters]\nregion = "eu-west-3"\n' };

async function seen(files: Files, settings: Partial<LocalWorkspace> = {}): Promise<Record<string, string>> {
  await using local = await start({ ...code, ...files });
  if (Object.keys(settings).length > 0)
    local.service.setWorkspace({ folders: [local.folder], trusted: true, ...settings });
  return (await local.invoke("show")).payload as Record<string, string>;
}

describe("local: the region that a function sees", () => {
  const cases: Readonly<Record<string, [string, Files, Partial<LocalWorkspace>?]>> = {
    "Local's, if none is declared": ["us-east-1", { "template.yaml": declared }],
    "that of samconfig.toml": ["eu-west-3", { "template.yaml": declared, ...samconfig }],
    "the provider's": ["ap-south-1", { "serverless.yml": service }],
    "the env file's, rather than that of samconfig.toml": [
      "sa-east-1",
      { "template.yaml": declared, ...samconfig, ".env": "AWS_REGION=sa-east-1\n" },
      { envFile: ".env" },
    ],
    "the env file's, rather than the provider's": [
      "sa-east-1",
      { "serverless.yml": service, "env.json": '{ "Parameters": { "AWS_REGION": "sa-east-1" } }' },
      { envFile: "env.json" },
    ],
  };
  for (const [title, [region, files, settings]] of Object.entries(cases))
    it(`is ${title}`, async () => {
      const { AWS_REGION, AWS_DEFAULT_REGION, DECLARED } = await seen(files, settings);
      assert.deepEqual([AWS_REGION, AWS_DEFAULT_REGION, DECLARED], [region, region, region]);
    });

  it("isn't what its own variables say, because Lambda reserves that name", async () => {
    const { AWS_REGION } = await seen({ "template.yaml": sam("AWS_REGION: eu-north-1") });
    assert.equal(AWS_REGION, "us-east-1");
  });
});

describe("local: variables that Lambda sets", () => {
  it("are the function's own, where Lambda doesn't reserve them", async () => {
    const own = { LANG: "de_DE.UTF-8", TZ: "Europe/Berlin", AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR" };
    const variables = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
    const { LANG, TZ, AWS_XRAY_CONTEXT_MISSING } = await seen({ "template.yaml": sam(variables.join(", ")) });
    assert.deepEqual({ LANG, TZ, AWS_XRAY_CONTEXT_MISSING }, own);
  });
});
