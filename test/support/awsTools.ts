import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What runs programs that use the AWS CLI and Boto3. */
export interface AwsTools {
  python: string;
  env: NodeJS.ProcessEnv;
}

/**
 * The AWS CLI and Boto3 of this machine, without its credentials. A machine that doesn't have them gets programs in their
 * place, in `folder`, which take the same arguments as far as the tests give them: what calls them is run in any case.
 */
export function findAwsTools(folder: string): AwsTools {
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"))),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: join(folder, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
  };
  if (spawnSync("aws", ["--version"]).status !== 0) {
    writeFileSync(join(folder, "aws"), `#!${process.execPath}\n${CLI}`);
    chmodSync(join(folder, "aws"), 0o755);
    env["PATH"] = [folder, env["PATH"]].join(delimiter);
  }
  const names = ["python3", "python"];
  const withBoto3 = names.find((name) => spawnSync(name, ["-c", "import boto3"]).status === 0);
  if (withBoto3 !== undefined) return { python: withBoto3, env };
  mkdirSync(join(folder, "modules", "botocore"), { recursive: true });
  writeFileSync(join(folder, "modules", "boto3.py"), BOTO3);
  writeFileSync(join(folder, "modules", "botocore", "config.py"), "def Config(**options): return options\n");
  env["PYTHONPATH"] = join(folder, "modules");
  const python = names.find((name) => spawnSync(name, ["--version"]).status === 0) ?? "python3";
  return { python, env };
}

const CLI = `
import { readFileSync } from "node:fs";
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const url = \`\${option("--endpoint-url")}/2015-03-31/functions/\${encodeURIComponent(option("--function-name"))}/invocations\`;
const headers = { "x-amz-invocation-type": option("--invocation-type") };
if (option("--durable-execution-name")) headers["x-amz-durable-execution-name"] = option("--durable-execution-name");
if (option("--client-context")) headers["x-amz-client-context"] = option("--client-context");
const body = readFileSync(option("--payload").replace(/^fileb:\\/\\//, ""));
fetch(url, { method: "POST", headers, body }).catch(() => process.exit(1));
`;

const BOTO3 = `
import io, urllib.parse, urllib.request

class Session:
    def __init__(self, **options): pass
    def client(self, name, config, endpoint_url): return Client(endpoint_url)

class Client:
    def __init__(self, endpoint): self.endpoint = endpoint
    def invoke(self, FunctionName, InvocationType, Payload, Qualifier=None, ClientContext=None, DurableExecutionName=None):
        name = urllib.parse.quote(FunctionName, safe="")
        headers = {"x-amz-invocation-type": InvocationType}
        if ClientContext: headers["x-amz-client-context"] = ClientContext
        if DurableExecutionName: headers["x-amz-durable-execution-name"] = DurableExecutionName
        url = f"{self.endpoint}/2015-03-31/functions/{name}/invocations"
        answer = urllib.request.urlopen(urllib.request.Request(url, Payload, headers))
        return {"StatusCode": answer.status, "Payload": io.BytesIO(answer.read())}
`;
