import { InvokeCommand, LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLocalService } from "../../src/local/launch.ts";
import type { Installed } from "../installed.ts";
import { jsonOfMegabytes } from "../json.ts";
import { ratioRow, type Row } from "../row.ts";
import { measureInTurn, timed } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";

const TURNS = { cold: 15, warm: 200, large: 15 };
const SMALL = '{"name":"Ada"}';

/** The local service as it ships, by the SDK's own client. */
export async function measureLocal({ staged }: Installed): Promise<Row[]> {
  await using local = await startLocal(join(staged, "dist", "local", "main.cjs"));
  await using bare = await startBenchServer("bareServer.ts");
  const bareClient = new LambdaClient({ ...local.access, endpoint: bare.endpoint, maxAttempts: 1 });
  const invoke = (client: LambdaClient, name: string, payload: string): Promise<number> =>
    timed(async () => {
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
      if (answer.FunctionError !== undefined) throw new Error(Buffer.from(answer.Payload ?? []).toString());
      if ((answer.Payload?.length ?? 0) < payload.length) throw new Error("The answer is too short.");
    });
  const compare = (turns: number, payload: string, pauseMs: number): ReturnType<typeof measureInTurn> =>
    measureInTurn(
      turns,
      () => invoke(local.client, "echo", payload),
      () => invoke(bareClient, "echo", payload),
      () => sleep(pauseMs),
    );
  const cold = await measureInTurn(
    TURNS.cold,
    (turn) => invoke(local.client, `cold-${turn}`, SMALL),
    () => timed(runNode),
    () => sleep(200),
  );
  await compare(50, SMALL, 2);
  const warm = await compare(TURNS.warm, SMALL, 5);
  const text = jsonOfMegabytes(5);
  await compare(3, text, 100);
  const large = await compare(TURNS.large, text, 100);
  bareClient.destroy();
  const server = "a bare HTTP server in Node.js";
  return [
    ratioRow("Local: a cold start, invoke to answer", "`node -e 0`", cold, { limit: 2, enforced: false }),
    ratioRow("Local: a warm invocation", server, warm),
    ratioRow("Local: 5 MB there and back", server, large, { limit: 3, enforced: false }),
  ];
}

async function runNode(): Promise<void> {
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
}

interface Local extends AsyncDisposable {
  client: LambdaClient;
  access: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}

/** The service on a workspace with one function that echoes, and as many that are never invoked twice as are measured. */
async function startLocal(script: string): Promise<Local> {
  const folder = await mkdtemp(join(tmpdir(), "lambda-invoke-bench-"));
  const cold = Array.from({ length: TURNS.cold }, (_, turn) => `cold-${turn}`);
  await mkdir(join(folder, "echo"));
  await writeFile(join(folder, "echo", "index.mjs"), "export const handler = async (event) => event;\n");
  await writeFile(join(folder, "template.yaml"), template(["echo", ...cold]));
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script,
    workspace: { folders: [folder], trusted: true },
    onState: () => {},
    onLog: () => {},
  });
  const { endpoint, ...access } = await service.address(AbortSignal.timeout(20_000));
  const client = new LambdaClient({ ...access, endpoint, maxAttempts: 1 });
  // The list is there once the template has been read.
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) void Functions;
  return {
    client,
    access,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      service.dispose();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function template(names: readonly string[]): string {
  const one = (name: string, index: number): string =>
    [
      `  Function${index}:`,
      "    Type: AWS::Serverless::Function",
      "    Properties:",
      `      FunctionName: ${name}`,
      "      CodeUri: echo/",
      "      Handler: index.handler",
      "      Runtime: nodejs24.x",
      "      MemorySize: 512",
      "      Timeout: 20",
    ].join("\n");
  const head = 'AWSTemplateFormatVersion: "2010-09-09"\nTransform: AWS::Serverless-2016-10-31\nResources:\n';
  return `${head}${names.map(one).join("\n")}\n`;
}
